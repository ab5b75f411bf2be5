"""From a row as written to what it measures, and to the condition of its static alert."""

from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from slo.condition import All, Burning, Condition, Level
from slo.indicator import GateSpec, LatencyIndicator, PromqlIndicator, RatioIndicator, SeriesSpec, SliceIndicator
from slo.number import plain
from slo.sli import Bad, Counted, Events, Expression, Gate, Remainder, Series, Sli, Slices
from slo.spec import Slo
from slo.static_alert import StaticAlert
from slo.window import Window


def measured(slo: Slo) -> Sli:
    """The SLI of a row."""
    match slo.indicator:
        case RatioIndicator(total=total, bad=bad, good=good):
            return Events(total, Remainder(good) if good is not None else Counted(bad or ()), slo.by, slo.objective)
        case LatencyIndicator(threshold=threshold, at=at) as latency:
            return _events(slo, latency, latency.slower_than(threshold, at))
        case SliceIndicator(good=bound, gate=gate) as indicator:
            return Slices(_series(indicator, slo), bound, _gate(gate, slo), slo.by, slo.objective, slo.window)
        case PromqlIndicator(error_ratio=expression):
            return Expression(expression, slo.by, slo.objective)
        case _:
            assert_never(slo.indicator)


def sibling(slo: Slo, own: Sli) -> Events | None:
    """The events of a latency row told apart by the threshold of its static alert; None where that is the row's own."""
    if not isinstance(slo.indicator, LatencyIndicator) or slo.alert.slower_than is None:
        return None
    found = _events(slo, slo.indicator, slo.indicator.slower_than(slo.alert.slower_than, slo.alert.at))
    return None if found == own else found


def static_condition(slo: Slo, own: Sli, static: Events | None, window: Window) -> Condition:
    """What the static alert waits for; `window` is its own, as the row's SLI is computed over it.

    A value is compared as it stands. "p95 over T" is burn rate 1 on the sibling. An error ratio becomes a burn
    rate on the row's own SLI: 0.5 % on a budget of 0.1 % is factor 5.
    """
    if isinstance(own, Slices):
        return _level(slo.alert, own)
    if slo.alert.slower_than is not None:
        return Burning(static or own, window, Decimal(1))
    return Burning(own, window, plain(_error_ratio(slo.alert) / own.budget))


def _events(slo: Slo, latency: LatencyIndicator, bad: Bad) -> Events:
    return Events((latency.histogram.suffixed("_count"),), bad, slo.by, slo.objective)


def _series(spec: SeriesSpec, slo: Slo) -> Series:
    return Series(spec.metric, spec.reduce, slo.by, spec.rate, spec.valid)


def _gate(spec: GateSpec | None, slo: Slo) -> Gate | None:
    return None if spec is None else Gate(replace(_series(spec, slo), held=spec.held), spec.when)


def _level(alert: StaticAlert, own: Slices) -> Condition:
    if alert.value is None:
        raise ValueError(f"{alert.name} has no value to compare with")
    level = Level(own.series, alert.value)
    if not alert.gated or own.gate is None:
        return level
    return All((level, Level(own.gate.series, own.gate.bound)))


def _error_ratio(alert: StaticAlert) -> Decimal:
    if alert.below is not None:
        return 1 - alert.below
    if alert.errors_above is not None:
        return alert.errors_above
    raise ValueError(f"{alert.name} has no error ratio to compare with")
