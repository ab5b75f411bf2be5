"""The labels that notifications go by, and those that an alert rule sets."""

from collections.abc import Iterable
from typing import Final

from rules.rule import Alerting
from slo import names
from slo.selector import Matcher

ALERTNAME: Final = "alertname"
"""The label that holds the name of an alert."""
CLUSTER: Final = "cluster"
"""The label by which an Alertmanager of several clusters tells them apart; alerts without it are of one."""


def static_labels(alert: Alerting) -> dict[str, str]:
    """The labels that every instance of an alert has, its name among them."""
    return {ALERTNAME: alert.alert, **dict(alert.labels)}


def among(label: str, values: Iterable[str]) -> Matcher:
    """What lets pass exactly these values of a label: names and ids of ours, in which no character is special."""
    first, *others = sorted(set(values))
    return Matcher(label, "=~", "|".join([first, *others])) if others else Matcher(label, "=", first)


def named(alerts: Iterable[tuple[str, str]]) -> tuple[Matcher, Matcher]:
    """What lets pass alerts of these names and actions alone."""
    alerts = tuple(alerts)
    return among(ALERTNAME, (name for name, _ in alerts)), among(names.ACTION, (action for _, action in alerts))
