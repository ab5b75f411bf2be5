"""Unit tests of missing data: each series that a row cannot do without goes away for a while, and comes back."""

from collections.abc import Iterator, Mapping
from typing import Final

from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import Case, named, series
from rules.unit_tests.series import counters
from rules.unit_tests.timeline import STEPS
from slo import names
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels
from slo.sli import Expression, Slices

_LOOKBACK: Final = 300_000
"""How long Prometheus takes a series for present after its last sample, in ms."""
_PRESENT: Final = 10


def cases(plan: Plan, alert: Alert, rule: Alerting, instance: Labels) -> Iterator[Case]:
    """One test for each series without which nothing is measured, and one with none of them."""
    every = plan.interval
    missing = -(-(_LOOKBACK + alert.hold.ms) // every.ms) + 2 * STEPS
    needed = _needed(plan, instance)
    there, away = f"1x{2 * _PRESENT + missing}", f"1x{_PRESENT} _x{missing} 1x{_PRESENT - 1}"
    due = _PRESENT * every.ms + _LOOKBACK + alert.hold.ms
    for gone in needed:
        inputs: Mapping[str, str] = {each: away if each == gone else there for each in needed}
        case = Case(f"{alert.name} without {gone}", every, inputs)
        back = (_PRESENT + missing + STEPS) * every.ms
        case.silent(alert.name, *(Duration(at) for at in (_PRESENT * every.ms, due - STEPS * every.ms, back)))
        case.fires(rule, Duration(due + STEPS * every.ms), (), spoken.plain(rule))
        yield case
    nothing = Case(f"{alert.name} without any data", every, {})
    nothing.fires(rule, Duration(alert.hold.ms + STEPS * every.ms), (), spoken.plain(rule))
    yield nothing


def _needed(plan: Plan, instance: Labels) -> tuple[str, ...]:
    """The series that a row's data consist of: recorded ones, or raw ones where verdicts may be absent for a reason."""
    if isinstance(plan.sli, Slices):
        return tuple(dict.fromkeys(series(counters(each.selector, (), instance)[0]) for each in plan.sli.read))
    shortest, labels = plan.windows[0].length, {*static_labels(plan), *instance}
    if isinstance(plan.sli, Expression):
        return (named(names.error_ratio(shortest), labels),)
    found = [names.bad_events(shortest)]
    if plan.static is not None:
        found.append(names.static_bad_events(plan.slo.alert.window))
    return tuple(named(name, labels) for name in found)
