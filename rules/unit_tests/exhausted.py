"""The unit test of a budget that runs out: a little is left, too much is spent, good times bring it back."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from rules.grouping import promised
from rules.recording import recorded, static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import MOST_SAMPLES, Case, named
from rules.unit_tests.untestable import Untestable
from rules.unit_tests.verge import above, below
from slo import names
from slo.burning import conjunctions
from slo.duration import Duration
from slo.plan import BASE, Alert, Plan
from slo.selector import Labels
from slo.sli import Events, Slices

_PHASES: Final = 3
_MINUTE: Final = 60_000
_EVENTS: Final = 1_000_000
_PARTS: Final = 10
"""Evaluations in a phase."""


def evaluation(plan: Plan) -> Duration:
    """How often rules are evaluated in the test."""
    return Duration(_step(plan).ms * _samples(plan) // _PARTS)


def _step(plan: Plan) -> Duration:
    """How far apart samples are: the three phases take half of the period, so that no shorter sum would do."""
    return Duration(max(plan.period.length.ms // (2 * _PHASES * _samples(plan)) // _MINUTE, 1) * _MINUTE)


def _samples(plan: Plan) -> int:
    """Samples in a phase; of slices as many as it takes for twenty bad ones to be the whole budget, or at least ten."""
    if not isinstance(plan.sli, Slices):
        return _PARTS
    for bad in (2 * _PARTS, _PARTS):
        count = int(bad / plan.sli.budget) // _PARTS * _PARTS
        if count * _PHASES <= MOST_SAMPLES:
            return count
    raise Untestable(f"promtool reads at most {MOST_SAMPLES} verdicts at once, too few to spend a budget so small")


def cases(plan: Plan, alert: Alert, rule: Alerting, instance: Labels) -> Iterator[Case]:
    """The life of a budget in three equal phases, and what the row promises as series."""
    ((burning,),) = conjunctions(alert.condition)
    every = evaluation(plan)
    ratios = _ratios(plan, below((burning,)), above((burning,)))
    case = Case(f"{alert.name} fires and recovers", _step(plan), _inputs(plan, ratios, instance))
    first, second, third = (Duration(phase * _PARTS * every.ms) for phase in (1, 2, 3))
    case.silent(alert.name, first, third)
    case.fires(rule, second, instance, spoken.burning(plan, alert, rule, instance, sum(ratios[:2]) / 2))
    for name, value, own in promised(plan):
        labels = tuple(sorted({("__name__", name), *own}))
        case.yields(recorded(plan, name), first, {labels: float(value)})
    yield case


def _ratios(plan: Plan, left: Decimal, spent: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """The error ratio of each phase, such that the first two together have spent too much."""
    if isinstance(plan.sli, Slices):
        count = Decimal(_samples(plan))
        allowed = round(count * plan.sli.budget)
        return (allowed - 1) / count, (allowed + 2 + allowed // (2 * _PARTS)) / count, Decimal(0)
    return left, 2 * spent - left, Decimal(0)


def _inputs(plan: Plan, ratios: tuple[Decimal, ...], instance: Labels) -> Mapping[str, str]:
    """What the period is made of, from a first sample on that is none."""
    labels = {*static_labels(plan), *instance}
    if isinstance(plan.sli, Events):
        bad = " ".join(f"{ratio * _EVENTS:f}x{_PARTS - 1}" for ratio in ratios)
        total = f"_ {_EVENTS}x{len(ratios) * _PARTS - 1}"
        return {named(names.bad_events(BASE), labels): f"_ {bad}", named(names.total_events(BASE), labels): total}
    if isinstance(plan.sli, Slices):
        count = _samples(plan)
        verdicts = " ".join(_spread(int(ratio * count + Decimal("0.5")), count) for ratio in ratios)
        return {named(names.SLICE_GOOD, labels): f"_ {verdicts}"}
    # An expression yields the ratio of the whole period, not of a phase.
    whole = (ratios[0], (ratios[0] + ratios[1]) / 2, Decimal(0))
    values = " ".join(f"{ratio:f}x{_PARTS - 1}" for ratio in whole)
    return {named(names.error_ratio(plan.period.length), labels): f"_ {values}"}


def _spread(bad: int, count: int) -> str:
    """Bad slices first, then good ones: over a whole period their order does not matter."""
    return f"0x{bad - 1} 1x{count - bad - 1}" if bad else f"1x{count - 1}"
