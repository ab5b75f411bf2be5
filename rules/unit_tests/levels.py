"""Unit tests of what a time slice is: its verdict, and the alert on the series itself."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from rules.recording import recorded, static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import Case, series
from rules.unit_tests.series import Counter, counters, decoys, instances, replicas
from rules.unit_tests.timeline import STEPS, Clock
from rules.unit_tests.untestable import Untestable
from slo import names
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels
from slo.sli import Bound, Series, Slices

_OVER: Final = Decimal("1.05")
_UNDER: Final = Decimal("0.95")
_FAR: Final = 100


@lru_cache(maxsize=8)  # each alert of a plan asks for the same
def instance_of(sli: Slices) -> Labels:
    """An instance for which every series of a slice can exist; Untestable where there is none."""
    read = [each.selector for each in sli.read]
    for instance in instances(read, sli.by):
        if all(counters(selector, (), instance) for selector in read):
            return instance
    raise Untestable("its selectors pick no series of one instance")


def cases(plan: Plan, sli: Slices, alert: Alert, rule: Alerting, clock: Clock) -> Iterator[Case]:
    """The verdict, good and bad and not measured; and the alert, which fires, waits, recovers and needs data."""
    yield _verdict(plan, sli, clock)
    yield _fires(plan, sli, alert, rule, clock)
    case = Case(f"{alert.name} without data", clock.step, {})
    case.silent(alert.name, Duration(2 * alert.hold.ms + clock.every.ms))
    yield case


def _verdict(plan: Plan, sli: Slices, clock: Clock) -> Case:
    """Three phases: good, bad, and bad behind a closed gate or with samples that are not valid."""
    length = _samples(sli, Duration(0), clock)
    good, bad = around(sli.bound)
    if sli.series.valid is not None and not all(map(sli.series.valid.holds, (good, bad))):
        raise Untestable(f"no valid sample is on each side of {sli.bound.op} {sli.bound.value}")
    last = around(sli.series.valid)[1] if sli.gate is None and sli.series.valid is not None else bad
    case = Case(
        f"{plan.slo.id} verdict", clock.step, _inputs(sli, (good, bad, last), (True, True, False), length, clock)
    )
    labels = tuple(sorted({("__name__", names.SLICE_GOOD), *static_labels(plan), *instance_of(sli)}))
    hidden = sli.gate is not None or sli.series.valid is not None
    moments = [phase * length * clock.step.ms for phase in (1, 2, 3)]
    for at, samples in zip(moments, ({labels: 1.0}, {labels: 0.0}, {} if hidden else {labels: 0.0}), strict=True):
        case.yields(recorded(plan, names.SLICE_GOOD), Duration(at), samples)
    if sli.gate is not None and sli.gate.series.rate is None:
        case.yields(recorded(plan, names.SLICE_GOOD), Duration(moments[1] + clock.every.ms), {})  # it closes at once
    return case


def _fires(plan: Plan, sli: Slices, alert: Alert, rule: Alerting, clock: Clock) -> Case:
    """Calm, breaking its bound, and calm again; the gate is open only for an alert that heeds it."""
    bound, every = plan.slo.alert.value, clock.every.ms
    if bound is None:
        raise TypeError("the static alert of a slice compares a value")
    breaking, calm = around(bound)
    if sli.series.valid is not None and not all(map(sli.series.valid.holds, (breaking, calm))):
        raise Untestable(f"no valid sample is {bound.op} {bound.value}")
    length = _samples(sli, alert.hold, clock)
    opened = (True, plan.slo.alert.gated, True)
    case = Case(
        f"{alert.name} fires and recovers", clock.step, _inputs(sli, (calm, breaking, calm), opened, length, clock)
    )
    phase = length * clock.step.ms
    # Half of the samples in a rate's window have the new level when it is half-way between the two; a level that is
    # the bound itself is there once all have.
    rate = 0 if sli.series.rate is None else sli.series.rate.ms
    due = phase + (rate if breaking == bound.value else rate // 2) + alert.hold.ms
    case.silent(alert.name, *(Duration(at // every * every) for at in (phase, due - STEPS * every, 3 * phase)))
    case.firing(alert.name, Duration((due + STEPS * every) // every * every))
    case.fires(rule, Duration(2 * phase), instance_of(sli), spoken.valued(rule, instance_of(sli), breaking))
    return case


def _inputs(
    sli: Slices, levels: Sequence[Decimal], opened: Sequence[bool], length: int, clock: Clock
) -> dict[str, str]:
    """The series at three levels, and its gate open or closed in each of the three phases."""
    instance = instance_of(sli)
    own = counters(sli.series.selector, (), instance)[0]
    found = _read(sli.series, own, levels, length, clock)
    if sli.gate is not None:
        gate = counters(sli.gate.series.selector, (), instance)[0]
        if gate == own:
            raise Untestable(f"{series(own)} is a slice and its gate at once, which no test can tell apart")
        keeps, breaks = around(sli.gate.bound)
        found |= _read(sli.gate.series, gate, [keeps if each else breaks for each in opened], length, clock)
    return found


def _read(read: Series, counter: Counter, levels: Sequence[Decimal], length: int, clock: Clock) -> dict[str, str]:
    """A series from two replicas that come to these levels only if they are reduced aright, and decoys beside them."""
    found = {
        series(each): _notation(read, own, length, clock)
        for each, own in zip(
            replicas(counter), zip(*(_shared(read, value) for value in levels), strict=True), strict=True
        )
    }
    far = [max(map(abs, levels)) * _FAR if read.reduce != "min" else Decimal(0)] * len(levels)
    return found | {series(each): _notation(read, far, length, clock) for each in decoys(counter, (read.selector,))}


def _shared(read: Series, value: Decimal) -> tuple[Decimal, Decimal]:
    """What two replicas have of a level, so that no other reduction comes to it if that can be.

    Both must be valid, or neither where the level is not. Untestable where no two samples make the level.
    """
    valid, far = read.valid, max(abs(value), Decimal(1))
    if valid is not None and not valid.holds(value):
        return value, value
    shares = {
        "sum": ((value / 4, value * 3 / 4), (value / 2, value / 2)),
        "avg": ((value / 2, value * 3 / 2), (value, value)),
        "max": ((value / 2 if value > 0 else value - far, value), (value, value)),
        "min": ((value, value + far), (value, value)),
    }
    for each in shares[read.reduce]:
        if valid is None or all(map(valid.holds, each)):
            return each
    raise Untestable(f"no two valid samples make {value:f}")


def _notation(read: Series, levels: Sequence[Decimal], length: int, clock: Clock) -> str:
    """Levels of a gauge, or of a counter the rise to each, for `length` samples after the first."""
    if read.rate is None:
        return " ".join([f"{levels[0]:f}", *(f"{value:f}+0x{length - 1}" for value in levels)])
    if min(levels) < 0:
        raise Untestable("a rate is never negative")
    parts, reached = ["0"], Decimal(0)
    for value in levels:
        rise = value * clock.step.ms / 1000
        parts.append(f"{reached + rise:f}+{rise:f}x{length - 1}")
        reached += rise * length
    return " ".join(parts)


def around(bound: Bound) -> tuple[Decimal, Decimal]:
    """A value that keeps a bound and one that breaks it, each a twentieth away; around zero, one away."""
    if bound.value > 0:
        over, under = bound.value * _OVER, bound.value * _UNDER
    else:
        over, under = bound.value + 1, bound.value if bound.op in (">", "<=") else bound.value - 1
    return (over, under) if bound.op[0] == ">" else (under, over)


def _samples(sli: Slices, hold: Duration, clock: Clock) -> int:
    """Samples in a phase: enough for the alert to fire, and for every rate to let go of what was before."""
    rates = [span.ms for each in sli.read for span in (each.rate, each.held) if span]
    return -(-(max(rates, default=0) + hold.ms + 4 * STEPS * clock.every.ms) // clock.step.ms)
