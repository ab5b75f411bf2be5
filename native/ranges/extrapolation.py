"""`increase` and `rate` in NumPy, for series and windows of one kind at a time.

Source: `extrapolatedRate` of Prometheus' promql/functions.go. Every operation is done in the order in which it does
them, so that results are the same 64-bit floats.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from native.ranges.profile import Profile
from native.ranges.series import Floats, Series, Times, is_stale, require_ascending

Flags: TypeAlias = NDArray[np.bool_]

_THRESHOLD: Final = 1.1


def extrapolated(
    series: Series, at: Times, windows: NDArray[np.int64], profile: Profile, *, per_second: bool
) -> tuple[Floats, Flags]:
    """What counters rose by in each window, (window, series, time), or `per_second`, and where two samples tell it."""
    require_ascending(at)
    values = np.zeros((len(windows), len(series), len(at)))
    present = np.zeros(values.shape, np.bool_)
    for group in _clocked(series):
        for place, window in enumerate(windows.tolist()):
            seconds, ms = divmod(window, 1000)
            divisor = float(seconds) + ms * 1e6 / 1e9 if per_second else 1.0
            found = _of_one_clock(group.clock, group.rows, at, window, profile, divisor)
            values[place, group.places], present[place, group.places] = found
    return values, present


@dataclass(frozen=True, slots=True, eq=False)
class _Clocked:
    """Series with the same timestamps, and their places among all."""

    clock: Times
    places: list[int]
    rows: list[Floats]


def _clocked(series: Iterable[tuple[Times, Floats]]) -> Iterator[_Clocked]:
    """Series grouped by clock: those of a target share theirs unless one of them went stale."""
    found: dict[tuple[int, int, int], list[_Clocked]] = {}
    for place, (times, values) in enumerate(series):
        stale = is_stale(values)
        clock, row = (times[~stale], values[~stale]) if stale.any() else (times, values)
        if not len(clock):
            continue
        alike = found.setdefault((len(clock), int(clock[0]), int(clock[-1])), [])
        group = next((one for one in alike if np.array_equal(one.clock, clock)), None)
        if group is None:
            group = _Clocked(clock, [], [])
            alike.append(group)
        group.places.append(place)
        group.rows.append(row)
    for alike in found.values():
        yield from alike


def _of_one_clock(
    clock: Times, rows: Sequence[Floats], at: Times, window: int, profile: Profile, divisor: float
) -> tuple[Floats, Flags]:
    spans, present = _spans(clock, at, window, profile)
    if not len(spans.first):
        return np.zeros((len(rows), len(at))), present
    low, high = spans.first.min(), spans.last.max() + 1
    raised = _raised(np.stack([row[low:high] for row in rows]), spans, low, profile, divisor)
    values = np.zeros((len(rows), len(at)))
    values[:, present] = raised
    return values, present


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
