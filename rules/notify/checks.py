"""What must hold of a configuration before it is written: everybody is told, and nobody by mistake.

The receivers that an alert should reach are said here once more, in other words than the tree's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rules.notify.inhibition import GENERATED, TICKET, Inhibition, mutes
from rules.notify.labels import static_labels
from rules.notify.route import Route, receivers, unreachable
from rules.notify.tree import ACTIONS, AI_HUB, AI_HUB_ACTIONS, AI_HUB_HUMANS, HUMANS
from rules.rule import Alerting
from slo import names

_PLACEHOLDER: Final = re.compile(r"<[^<>]*>|\{\{")
_DEPRECATED: Final = re.compile(r"(?:source_|target_)?match(?:_re)?")
_KEY: Final = re.compile(r"\s*(?:- )?(\w+):")


def labelled(alert: Alerting) -> Iterator[dict[str, str]]:
    """Label sets that instances of an alert may have; a namespace that the expression yields may be any."""
    labels = static_labels(alert)
    yield labels
    if names.NAMESPACE not in labels:
        yield {**labels, names.NAMESPACE: AI_HUB}
        yield {**labels, names.NAMESPACE: f"not-{AI_HUB}"}


def intended(labels: Mapping[str, str]) -> frozenset[str]:
    """The receivers that an alert of these labels should reach, if it is one of those that are compiled."""
    ours = labels.get(names.AREA) == AI_HUB
    human = AI_HUB_HUMANS if ours or labels.get(names.NAMESPACE) == AI_HUB else HUMANS
    if not labels.get(names.ACTION):
        return frozenset({human})
    return frozenset({human, AI_HUB_ACTIONS if ours else ACTIONS})


def misdirections(route: Route, inhibitions: Iterable[Inhibition], alerts: Iterable[Alerting]) -> Iterator[str]:
    """Routes that no alert can reach, alerts that reach others than they should, static alerts that may be muted."""
    for at in unreachable(route):
        yield f"route {'.'.join(map(str, at))} is shadowed: no alert can reach it"
    inhibitions, alerts = tuple(inhibitions), tuple(alerts)
    yield from _disguised(alerts)
    for alert in alerts:
        yield from _misdirected(route, alert)
        if _static(alert) and any(mutes(each, labels) for each in inhibitions for labels in labelled(alert)):
            yield f"{alert.alert}: a row's own alert that another one would mute; it needs another name"


def blemishes(text: str) -> Iterator[str]:
    """Lines of a configuration with a placeholder, or with a matcher in the deprecated form; values are not shown.

    Secrets have no place in it: what looks like a placeholder may be part of one.
    """
    for number, line in enumerate(text.splitlines(), 1):
        found = _KEY.match(line)
        key = found[1] if found else "text"
        if not line.startswith("#") and _PLACEHOLDER.search(line):
            yield f"line {number}: {key} holds a placeholder"
        if _DEPRECATED.fullmatch(key):
            yield f"line {number}: {key} is deprecated"


def _misdirected(route: Route, alert: Alerting) -> Iterator[str]:
    for labels in labelled(alert):
        told, wanted = set(receivers(route, labels)), intended(labels)
        if told != wanted:
            yield f"{alert.alert}: reaches {', '.join(sorted(told))} instead of {', '.join(sorted(wanted))}"


def _disguised(alerts: Iterable[Alerting]) -> Iterator[str]:
    """Static alerts that are named as tickets, which may be muted: rows have one."""
    seen: set[str] = set()
    for alert in alerts:
        row = dict(alert.labels).get(names.SLO)
        if row and alert.alert.endswith(TICKET):
            if row in seen:
                yield f"{alert.alert}: a second …{TICKET} of {row}, and those may be muted; it needs another name"
            seen.add(row)


def _static(alert: Alerting) -> bool:
    return names.SLO in dict(alert.labels) and not alert.alert.endswith(GENERATED)
