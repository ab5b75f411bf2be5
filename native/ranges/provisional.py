"""The newest sample, the extremes over time, and aggregations beside `sum`, until the twin has them."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from native.ranges import twin
from native.ranges.profile import PROM_3_5, Profile
from native.ranges.series import Floats, Series, Times, is_stale

Flags = NDArray[np.bool_]


def over_time(
    function: Literal["min", "max"], series: Series, at: Times, windows: Times, profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """`min_over_time` or `max_over_time` over each window, (window, series, time)."""
    combine = np.fmin if function == "min" else np.fmax
    values = np.zeros((len(windows), len(series), len(at)))
    present = np.zeros(values.shape, np.bool_)
    for j, window in enumerate(windows.tolist()):
        for i, (times, held) in enumerate(series):
            fresh = ~is_stale(held)
            clock, row = times[fresh], np.append(held[fresh], np.nan)
            first = np.searchsorted(clock, at - window, side="left" if profile.closed else "right")
            last = np.searchsorted(clock, at, side="right")
            there = present[j, i] = last > first
            if there.any():
                pairs = np.stack([first[there], last[there]], axis=1).ravel()
                values[j, i, there] = combine.reduceat(row, pairs)[::2]
    return values, present


def latest(series: Series, at: Times, lookback: int, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """The instant vector, (series, time): absent after a stale marker, or when older than `lookback` ms."""
    values = np.zeros((len(series), len(at)))
    present = np.zeros(values.shape, np.bool_)
    for i, (clock, row) in enumerate(series):
        if len(clock):
            place = np.searchsorted(clock, at, side="right") - 1
            oldest = at - lookback if profile.closed else at - lookback + 1
            there = present[i] = (place >= 0) & (clock[place] >= oldest) & ~is_stale(row)[place]
            values[i] = np.where(there, row[place], 0.0)
    return values, present


def aggregate(
    function: Literal["sum", "avg", "min", "max"],
    rows: Floats,
    present: Flags,
    groups: Times,
    profile: Profile = PROM_3_5,
) -> tuple[Floats, Flags]:
    """The rows of each group as one, (group, time)."""
    values, found = twin.aggregate("sum", rows, present, groups, profile)
    if function == "sum":
        return values, found
    for j, (low, high) in enumerate(zip(groups[:-1].tolist(), groups[1:].tolist(), strict=True)):
        part, there = rows[low:high], present[low:high]
        if function == "avg":
            values[j] /= np.maximum(there.sum(axis=0), 1)
        else:
            extreme = (np.fmin if function == "min" else np.fmax).reduce(np.where(there, part, np.nan), axis=0)
            values[j] = np.where(found[j], extreme, 0.0)
    return values, found
