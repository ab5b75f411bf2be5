"""The compiled kernel behind the signatures of the twin."""

import numpy as np
from numpy.typing import NDArray

from native.ranges import _kernel
from native.ranges.profile import PROM_3_5, Profile
from native.ranges.program import Places, Program
from native.ranges.series import Floats, Series, Times, require_ascending

Flags = NDArray[np.bool_]


def increase(series: Series, at: Times, windows: Places, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """As `twin.increase`."""
    return _extrapolated(series, at, windows, profile, per_second=False)


def rate(series: Series, at: Times, windows: Places, profile: Profile = PROM_3_5) -> tuple[Floats, Flags]:
    """As `twin.rate`."""
    return _extrapolated(series, at, windows, profile, per_second=True)


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
    return np.ascontiguousarray(numbers, np.int64)
