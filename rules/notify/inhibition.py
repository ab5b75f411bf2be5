"""Alerts that say nothing new while another one fires: its symptoms, and the ticket of a budget that pages already.

A row's own static alert is the handbook's promise and is never muted, least of all a latency alert: where 95 % are
promised, the page needs three in four requests slow.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rules.notify.labels import ALERTNAME, CLUSTER, named, static_labels
from rules.rule import Alerting
from slo import names
from slo.plan import generated_alert_names
from slo.selector import Matcher

GENERATED: Final = generated_alert_names("", "")
"""How the names of a row's alerts end, but that of its static alert, which has the name that the row gives it."""
PAGE, TICKET, _, _ = GENERATED


def _generated(ending: str) -> tuple[Matcher, ...]:
    return Matcher(ALERTNAME, "=~", f".+{ending}"), Matcher(names.SLO, "=~", ".+")


@dataclass(frozen=True, slots=True)
class Inhibition:
    """Alerts that match `target` are muted while one fires that matches `source` and has the same `equal` labels."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """An alert that explains others, its `symptoms`, where both carry the same `equal` labels, and why it does.

    Each is named with its action: an alert of that name from elsewhere explains nothing and is explained by nothing.
    """

    alert: tuple[str, str]
    symptoms: tuple[tuple[str, str], ...]
    equal: tuple[str, ...]
    reason: str


CAUSES: Final = (
    Cause(
        ("VLLMOOMKilled", "AA2"),
        (("PodCrashLoopBackOff", "PA2"), ("HighMemoryUsage", "PA1")),
        (names.NAMESPACE, "pod", "container"),
        "a container that is killed for its memory uses much of it and restarts over and over; a new pod, or more of"
        " them, would only be the next round, a smaller batch ends it",
    ),
)
"""Few, and none that guesses: symptoms are about the same container.

That metrics are not stored explains no missing data: one sender that lags is no reason for a row of another, and where
nothing is written to a remote store it would fire for good.
"""


def inhibitions(alerts: Iterable[Alerting], instance_labels: Iterable[str]) -> tuple[Inhibition, ...]:
    """What is muted among these alerts; `instance_labels` are those by which rows tell instances apart."""
    known = [static_labels(alert) for alert in alerts]
    equal = dict.fromkeys((names.SLO, names.AREA, names.NAMESPACE, CLUSTER, *sorted(instance_labels)))
    ticket = Inhibition(_generated(PAGE), _generated(TICKET), tuple(equal))
    return ticket, *(each for each in map(_inhibition, CAUSES) if _plays(each, known))


def mutes(inhibition: Inhibition, labels: Mapping[str, str]) -> bool:
    """Whether an alert is one that an inhibition can mute."""
    return _match(inhibition.target, labels)


def _inhibition(cause: Cause) -> Inhibition:
    return Inhibition(named([cause.alert]), named(cause.symptoms), (*cause.equal, CLUSTER))


def _plays(inhibition: Inhibition, known: Collection[Mapping[str, str]]) -> bool:
    """Whether both sides of an inhibition are there."""
    return all(any(_match(side, labels) for labels in known) for side in (inhibition.source, inhibition.target))


def _match(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    return all(matcher.matches(labels.get(matcher.label, "")) for matcher in matchers)
