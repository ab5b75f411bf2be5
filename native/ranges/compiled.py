"""The compiled kernel behind the signatures of the twin."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import _kernel
from native.ranges.profile import PROM_3_5, Profile
from native.ranges.program import Places, Program
from native.ranges.series import Floats, Series, Times, require_ascending
from native.ranges.twin import Aggregator, OverTime

Flags = NDArray[np.bool_]

_OVER_TIME: Final[tuple[OverTime, ...]] = ("sum", "avg", "min", "max", "count", "last")
"""Functions by their number; the first four are aggregators, too."""


def increase(series: Series, at: Times, windows: Places, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """As `twin.increase`."""
    return _extrapolated(series, at, windows, profile, per_second=False)


def rate(series: Series, at: Times, windows: Places, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """As `twin.rate`."""
    return _extrapolated(series, at, windows, profile, per_second=True)


def over_time(
    function: OverTime, series: Series, at: Times, windows: Places, profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """As `twin.over_time`."""
    require_ascending(at)
    values = np.empty((len(windows), len(series), len(at)))
    present = np.empty(values.shape, np.uint8)
    times, lengths = _contiguous(at), _contiguous(windows)
    _kernel.over_time(_OVER_TIME.index(function), *_samples(series), times, lengths, profile, values, present)
    return values, present.view(np.bool_)


def latest(series: Series, at: Times, lookback: int, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """As `twin.latest`."""
    require_ascending(at)
    values = np.empty((len(series), len(at)))
    present = np.empty(values.shape, np.uint8)
    _kernel.latest(*_samples(series), _contiguous(at), lookback, profile, values, present)
    return values, present.view(np.bool_)


def aggregate(
    function: Aggregator, rows: Floats, present: Flags, groups: Places, profile: Profile = PROM_3_5
) -> tuple[Floats, Flags]:
    """As `twin.aggregate`."""
    values = np.empty((len(groups) - 1, rows.shape[1]))
    found = np.empty(values.shape, np.uint8)
    here = np.ascontiguousarray(present).view(np.uint8)
    numbers = np.ascontiguousarray(rows, np.float64)
    _kernel.aggregate(_OVER_TIME.index(function), numbers, here, _contiguous(groups), profile, values, found)
    return values, found.view(np.bool_)


def transitions(series: Series, program: Program, at: Times, profile: Profile = PROM_3_5, threads: int = 1) -> Places:
    """As `fused.transitions`; `threads` share the work."""
    require_ascending(at)
    rows = _kernel.transitions(*_samples(series), program, _contiguous(at), profile, threads)
    return np.frombuffer(rows, np.int64).reshape(-1, 3)


def _extrapolated(
    series: Series, at: Times, windows: Places, profile: Profile, *, per_second: bool
) -> tuple[Floats, Flags]:
    require_ascending(at)
    values = np.empty((len(windows), len(series), len(at)))
    present = np.empty(values.shape, np.uint8)
    _kernel.increase(*_samples(series), _contiguous(at), _contiguous(windows), per_second, profile, values, present)
    return values, present.view(np.bool_)


def _samples(series: Series) -> tuple[Places, Times, Floats]:
    return _contiguous(series.offsets), _contiguous(series.timestamps), np.ascontiguousarray(series.values, np.float64)


def _contiguous(numbers: Places) -> Places:
    if numbers.size and numbers.dtype.kind not in "iu":
        raise TypeError(f"times, lengths and places are whole numbers, not {numbers.dtype}")
    return np.ascontiguousarray(numbers, np.int64)
