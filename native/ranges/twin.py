"""Range functions in NumPy: the specification, the fallback and the oracle of a compiled kernel.

Source: `extrapolatedRate` and `kahanSumInc` of Prometheus' promql/functions.go, v3.5. Every operation is done
in the order in which they do it, so that results are the same 64-bit floats.

Series that are scraped together share their timestamps, and all that `extrapolatedRate` derives from
timestamps with them: `rows` are the values of any number of series on one clock. Time is int64 milliseconds,
clocks ascend strictly, and stale markers are no samples: whoever calls has dropped them. A result is a pair
of values, time last, and presence; where nothing is present the value is 0, as sums over series take it. NaN
is a value like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from native.ranges.profile import PROM_3_5, Profile

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Times: TypeAlias = NDArray[np.int64]

_STALE: Final = np.uint64(0x7FF0000000000002)
_THRESHOLD: Final = 1.1


def is_stale(values: Floats) -> Flags:
    """Which values are the marker by which Prometheus ends a series; other NaN are not."""
    flags: Flags = values.view(np.uint64) == _STALE
    return flags


def increase(
    clock: Times, rows: Sequence[Floats], at: Times, window: int, profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """`increase(series[window])` at each time: (series, time) values, and (time) presence, which all share.

    Present where the window holds two samples at least.
    """
    return _extrapolated(clock, rows, at, window, profile, 1.0)


def rate(
    clock: Times, rows: Sequence[Floats], at: Times, window: int, profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """`rate(series[window])` in events per second, shaped as `increase`."""
    seconds, ms = divmod(window, 1000)
    return _extrapolated(clock, rows, at, window, profile, float(seconds) + ms * 1e6 / 1e9)


def sum_series(rows: Floats, present: Flags, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """`sum` of the rows of a (series, time) array, added in their order: (time) values and presence."""
    if len(rows) == 1:
        return rows[0], present[0]
    total = np.zeros(rows.shape[1])
    lost = np.zeros(rows.shape[1])
    with np.errstate(invalid="ignore", over="ignore"):
        for row in rows:
            raised = total + row
            lost = np.where(np.isinf(raised), 0.0, lost + _error(total, row, raised))
            total = raised
        found: Flags = np.any(present, axis=0)
        return (total + lost if profile.compensated else total), found


def sum_over_time(rows: Floats, present: Flags, length: int, stride: int = 1) -> tuple[Floats, Flags]:
    """`sum_over_time` of `length` consecutive points of each row, for windows that begin every `stride` points.

    Rows are (series, time); so are values and presence, with one column per window. A sum that overflows is
    that infinity, as in Prometheus.
    """
    starts = range(0, rows.shape[1] - length + 1, stride)
    sums = np.empty((len(rows), len(starts)))
    found = np.empty(sums.shape, np.bool_)
    with np.errstate(invalid="ignore", over="ignore"):
        for index, row in enumerate(rows):
            for column, start in enumerate(starts):
                sums[index, column] = _compensated(row[start : start + length])
                found[index, column] = present[index, start : start + length].any()
    return sums, found


def _compensated(row: Floats) -> float:
    """Neumaier's sum: its running sum does not see the compensation, so both are plain running sums."""
    running = np.cumsum(row)
    before = np.concatenate(((0.0,), running[:-1]))
    total = float(running[-1])
    return total if np.isinf(total) else total + float(np.cumsum(_error(before, row, running))[-1])


def _error(total: Floats, added: Floats, raised: Floats) -> Floats:
    """What `raised = total + added` rounded away, exactly (Knuth's TwoSum: what Neumaier has to branch for)."""
    gained = raised - total
    return (total - (raised - gained)) + (added - gained)


@dataclass(frozen=True, slots=True)
class _Spans:
    """What the clock alone decides, for each time at which a window holds two samples; durations in seconds."""

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    sampled: Floats
    average: Floats
    to_start: Floats
    to_end: Floats


def _spans(clock: Times, at: Times, window: int, profile: Profile) -> tuple[_Spans, Flags]:
    first = np.searchsorted(clock, at - window, side="left" if profile.closed else "right")
    last = np.searchsorted(clock, at, side="right") - 1
    present = last > first
    if not present.all():
        first, last, at = first[present], last[present], at[present]
    sampled = (clock[last] - clock[first]) / 1000
    average = sampled / (last - first)
    to_start = (clock[first] - (at - window)) / 1000
    to_end = (at - clock[last]) / 1000
    return _Spans(first, last, sampled, average, to_start, to_end), present


def _extrapolated(
    clock: Times, rows: Sequence[Floats], at: Times, window: int, profile: Profile, divisor: float
) -> tuple[Floats, Flags]:
    spans, present = _spans(clock, at, window, profile)
    if not rows or not len(spans.first):
        return np.zeros((len(rows), len(at))), present
    low, high = spans.first.min(), spans.last.max() + 1
    raised = _raised(np.stack([row[low:high] for row in rows]), spans, low, profile, divisor)
    if present.all():
        return raised, present
    values = np.zeros((len(rows), len(at)))
    values[:, present] = raised
    return values, present


def _raised(held: Floats, spans: _Spans, low: np.intp, profile: Profile, divisor: float) -> Floats:
    first, last = spans.first - low, spans.last - low
    start = held[:, first]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        risen = held[:, last] - start
        _restore(risen, held, first, last)
        factor = (spans.sampled + _left(risen, start, spans, profile)) + _near(spans.to_end, spans.average)
        factor /= spans.sampled
        if divisor != 1.0:
            factor /= divisor
        risen *= factor
    return risen


def _near(distance: Floats, average: Floats) -> Floats:
    """How far to extrapolate: to the boundary if a sample was not yet due, else half a sample's distance."""
    return np.where(distance < average * _THRESHOLD, distance, average / 2)


def _left(risen: Floats, start: Floats, spans: _Spans, profile: Profile) -> Floats:
    """How far to extrapolate to the left: a counter that rises was not below zero."""
    to_zero = np.where((risen > 0) & (start >= 0), spans.sampled * (start / risen), np.inf)
    if profile.zero_first:
        return _near(np.minimum(spans.to_start, to_zero), spans.average)
    return np.minimum(_near(spans.to_start, spans.average), to_zero)


def _restore(risen: Floats, held: Floats, first: NDArray[np.intp], last: NDArray[np.intp]) -> None:
    """Add back, in place and in their order, the values that resets within each window took away."""
    fallen = held[:, 1:] < held[:, :-1]
    for index in np.flatnonzero(fallen.any(axis=1)):
        drops = np.flatnonzero(fallen[index])
        peaks = held[index, drops]
        low, high = np.searchsorted(drops, first), np.searchsorted(drops, last)
        for nth in range((high - low).max()):
            inside = low + nth < high
            risen[index, inside] += peaks[low[inside] + nth]
