"""Rules of the handbook's other alerts and of its promises: an alert rule for each signal, grouped by area."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rules.grouping import MIMIR_RULES_PER_GROUP
from rules.promql import Written
from rules.rule import Alerting, Group, RuleFile
from rules.template import literal
from slo import names
from slo.handbook.alert import Alert, OwnAlert, Watch
from slo.handbook.promise import Promise
from slo.handbook.signal import Signal
from slo.policy import WORKBOOK
from slo.priority import PRIORITIES
from slo.selector import Labels, labels_of


@dataclass(frozen=True, slots=True)
class Duty:
    """An alert of the handbook where it belongs: its area, and the label that says why it is there."""

    watch: Watch
    area: str
    reason: tuple[str, str]


def duties(alerts: Iterable[Alert]) -> tuple[Duty, ...]:
    """The alerts that no SLO row has; each names its automatic action."""
    own = (alert for alert in alerts if isinstance(alert, OwnAlert))
    return tuple(Duty(alert, alert.area, (names.ACTION, alert.id)) for alert in own)


def promised(promises: Iterable[Promise]) -> tuple[Duty, ...]:
    """The promises that can be observed; each alert names its promise."""
    return tuple(
        Duty(promise.alert, promise.area, (names.PROMISE, promise.promise)) for promise in promises if promise.alert
    )


def handbook_files(alerts: Iterable[Alert], promises: Iterable[Promise]) -> tuple[RuleFile, ...]:
    """Rule files of both for each area, beside that of its rows."""
    return (*_files("alerts", duties(alerts)), *_files("promises", promised(promises)))


def by_area(what: str, found: Sequence[Duty]) -> dict[str, tuple[Duty, ...]]:
    """Alerts by the name of their rule file: `<area>-<what>`."""
    areas = dict.fromkeys(duty.area for duty in found)
    return {f"{area}-{what}": tuple(duty for duty in found if duty.area == area) for area in areas}


def alerting(duty: Duty, signal: Signal) -> Alerting:
    """The rule of one signal."""
    watch = duty.watch
    return Alerting(watch.alert, Written(signal.expr), signal.for_, _labels(duty, signal), _annotations(watch, signal))


def _labels(duty: Duty, signal: Signal) -> Labels:
    watch = duty.watch
    found = {
        names.AREA: duty.area,
        names.SEVERITY: PRIORITIES[watch.priority].severity,
        names.PRIORITY: watch.priority,
        names.NAMESPACE: "" if names.NAMESPACE in dict(signal.proof.labels) else watch.namespace or "",
        names.SIGNAL: signal.name if len(watch.signals) > 1 else "",
    }
    return labels_of([*found.items(), duty.reason])


def _annotations(watch: Watch, signal: Signal) -> Labels:
    found = {
        "summary": watch.summary,
        "description": signal.description or watch.description,
        "look_first": watch.look_first,
        "response_time": PRIORITIES[watch.priority].respond,
        "runbook_url": literal(watch.runbook),
    }
    return labels_of(found)


def _files(what: str, found: Sequence[Duty]) -> Iterator[RuleFile]:
    for name, area in by_area(what, found).items():
        yield RuleFile(name, tuple(_groups(name, area)))


def _groups(name: str, found: Sequence[Duty]) -> Iterator[Group]:
    rules = tuple(alerting(duty, signal) for duty in found for signal in duty.watch.signals)
    for start in range(0, len(rules), MIMIR_RULES_PER_GROUP):
        number = f"-{start // MIMIR_RULES_PER_GROUP + 1}" if start else ""
        yield Group(f"{name}{number}", WORKBOOK.interval, rules[start : start + MIMIR_RULES_PER_GROUP])
