"""Range functions in NumPy: the specification, the fallback and the oracle of a compiled kernel.

They equal those of Prometheus to the last bit: what `extrapolation` and `folds` do is done in its order. Series are
taken in the order in which they stand. A Prometheus has them in the order of their labels; since 3.0, those that lie in
its head alone in the order in which they came.

Time is int64 milliseconds. A result is a pair of values, time last, and presence; where nothing is present the value is
0. NaN is a value like any other; stale markers are no samples.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from native.ranges.algebra import Column
from native.ranges.extrapolation import extrapolated
from native.ranges.folds import extreme, mean, rounding, running_mean, summed
from native.ranges.profile import PROM_3_5, Profile
from native.ranges.series import Floats, Series, Times, is_stale, require_ascending

Flags: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]

Aggregator: TypeAlias = Literal["sum", "avg", "min", "max"]
OverTime: TypeAlias = Literal["sum", "count", "avg", "min", "max", "last"]


def increase(
    series: Series, at: Times, windows: NDArray[np.int64], profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """`increase(series[window])`, (window, series, time), for windows in ms: present where one holds two samples."""
    return extrapolated(series, at, windows, profile, per_second=False)


def rate(series: Series, at: Times, windows: NDArray[np.int64], profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """`rate(series[window])` in events per second, shaped as `increase`."""
    return extrapolated(series, at, windows, profile, per_second=True)


def over_time(
    function: OverTime, series: Series, at: Times, windows: NDArray[np.int64], profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """`<function>_over_time(series[window])`, shaped as `increase`: present where a window holds a sample."""
    require_ascending(at)
    held, begin, end = _places(series, at, windows, profile)
    present = end > begin
    values = np.zeros(present.shape)
    for place in np.flatnonzero(present.any(axis=(1, 2))).tolist():
        found = _of_windows(function, held, begin[place], end, profile)
        values[place] = np.where(present[place], found, 0.0)
    return values, present


def _places(series: Series, at: Times, windows: NDArray[np.int64], profile: Profile) -> tuple[Floats, Places, Places]:
    """The samples of all series, less stale markers, and where windows begin, (window, series, time), and end."""
    begin = np.zeros((len(windows), len(series), len(at)), np.intp)
    end = np.zeros(begin.shape[1:], np.intp)
    edges = at - windows[:, None]
    held = [np.empty(0)]
    before = 0
    for index, (times, samples) in enumerate(series):
        fresh = ~is_stale(samples)
        clock = times[fresh]
        held.append(samples[fresh])
        end[index] = before + np.searchsorted(clock, at, side="right")
        begin[:, index] = before + np.searchsorted(clock, edges, side="left" if profile.closed else "right")
        before += len(clock)
    return np.concatenate(held), begin, end


def _of_windows(function: OverTime, held: Floats, begin: Places, end: Places, profile: Profile) -> Floats:
    """A function of the samples from each begin up to its end."""
    if function == "count":
        return (end - begin).astype(np.float64)
    if function == "last":
        return held[end - 1]
    return _folded(function, _nth_samples(held, begin, end), profile, compensated=True)


def _nth_samples(held: Floats, begin: Places, end: Places) -> Iterator[Column]:
    for nth in range(int((end - begin).max())):
        here = begin + nth < end
        yield held[np.where(here, begin + nth, 0)], here


def latest(series: Series, at: Times, lookback: int, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """The instant vector, (series, time): the last sample, unless it is a stale marker or `lookback` ms old."""
    require_ascending(at)
    values = np.zeros((len(series), len(at)))
    present = np.zeros(values.shape, np.bool_)
    for index, (times, samples) in enumerate(series):
        if len(times):
            place = np.searchsorted(times, at, side="right") - 1
            age = at - times[place]
            young = age <= lookback if profile.closed else age < lookback
            present[index] = (place >= 0) & young & ~is_stale(samples)[place]
            values[index] = np.where(present[index], samples[place], 0.0)
    return values, present


def aggregate(
    function: Aggregator, rows: Floats, present: Flags, groups: NDArray[np.int64], profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """`sum` and so on of groups of rows, (group, time), in their order; group j is rows[groups[j]:groups[j + 1]]."""
    values = np.zeros((len(groups) - 1, rows.shape[1]))
    found = np.zeros(values.shape, np.bool_)
    sizes = np.diff(groups)
    for size in np.unique(sizes[sizes > 0]).tolist():
        alike = np.flatnonzero(sizes == size)
        members = [groups[alike] + nth for nth in range(size)]
        columns = ((rows[each], present[each]) for each in members)
        folded = _folded(function, columns, profile, compensated=profile.compensated)
        found[alike] = np.logical_or.reduce([present[each] for each in members])
        values[alike] = np.where(found[alike], folded, 0.0)
    return values, found


def _folded(
    function: Literal["sum", "avg", "min", "max"], columns: Iterator[Column], profile: Profile, *, compensated: bool
) -> Floats:
    match function:
        case "sum":
            return summed(columns, compensated=compensated)
        case "avg":
            return running_mean(columns, compensated=compensated) if profile.running_mean else mean(columns)
        case "min":
            return extreme(columns, np.less)
        case "max":
            return extreme(columns, np.greater)


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
    return total if np.isinf(total) else total + float(np.cumsum(rounding(before, row, running))[-1])
