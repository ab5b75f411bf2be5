"""Kernels that are wrong in one way each, which the comparison must tell from the right one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from native import ranges
from native.ranges import Profile, Series, is_stale
from tests.integration.exact.engine import Found, Kernel
from tests.native.ranges import transcription

Wrong = Callable[[Kernel, Profile], tuple[Kernel, Profile]]


def _profile(**fields: bool) -> Wrong:
    return lambda kernel, profile: (kernel, replace(profile, **fields))


def _kernel(**functions: Callable[..., Found]) -> Wrong:
    return lambda kernel, profile: (replace(kernel, **functions), profile)


def _increase(**faults: bool) -> Callable[..., Found]:
    """`increase` as transcribed, one series and one time after the other, with faults."""

    def increase(series: Series, at: NDArray[np.int64], windows: NDArray[np.int64], profile: Profile) -> Found:
        del profile
        found = [[_transcribed(times, values, at, int(windows[0]), faults) for times, values in series]]
        values = np.array([[[0.0 if value is None else value for value in row] for row in rows] for rows in found])
        return values, np.array([[[value is not None for value in row] for row in rows] for rows in found])

    return increase


def _transcribed(
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    at: NDArray[np.int64],
    window: int,
    faults: Mapping[str, bool],
) -> list[float | None]:
    fresh = ~is_stale(values)
    samples = list(zip(times[fresh].tolist(), values[fresh].tolist(), strict=True))
    return [transcription.increase(samples, time, window, **faults) for time in at.tolist()]


def _unmarked(series: Series) -> Series:
    """Stale markers read as NaN like any other."""
    return Series(series.offsets, series.timestamps, np.where(is_stale(series.values), np.nan, series.values))


def _backwards(
    function: str, rows: NDArray[np.float64], present: NDArray[np.bool_], groups: NDArray[np.int64], profile: Profile
) -> Found:
    edges = zip(groups[:-1].tolist(), groups[1:].tolist(), strict=True)
    order = [row for begin, end in edges for row in range(end - 1, begin - 1, -1)]
    return ranges.aggregate(function, rows[order], present[order], groups, profile)  # type: ignore[arg-type]


def _poisoned(function: Any, series: Series, at: Any, windows: Any, profile: Profile) -> Found:  # noqa: ANN401
    """One NaN among the samples makes the function of them NaN."""
    values, present = ranges.over_time(function, series, at, windows, profile)
    with np.errstate(invalid="ignore"):
        return values + 0 * ranges.over_time("sum", series, at, windows, profile)[0], present


def _unsigned(*given: Any) -> Found:  # noqa: ANN401
    values, present = ranges.latest(*given)
    return values + 0.0, present


def _without_nan(*given: Any) -> Found:  # noqa: ANN401
    values, present = ranges.increase(*given)
    return values, present & ~np.isnan(values)


FAULTS: Final[Mapping[str, Wrong]] = {
    "windows hold their left end": _profile(closed=True),
    "zero bounds the extrapolation first": _profile(zero_first=True),
    "sums are not compensated": _profile(compensated=False),
    "means move": _profile(running_mean=True),
    "resets are ignored": _kernel(increase=_increase(resets=False)),
    "counters may be below zero": _kernel(increase=_increase(clamped=False)),
    "series are added backwards": _kernel(aggregate=_backwards),
    "what is not a number is absent": _kernel(increase=_without_nan),
    "stale markers are samples": _kernel(
        increase=lambda series, *given: ranges.increase(_unmarked(series), *given),
    ),
    "stale markers end nothing": _kernel(latest=lambda series, *given: ranges.latest(_unmarked(series), *given)),
    "a lookback is a millisecond longer": _kernel(
        latest=lambda series, at, lookback, profile: ranges.latest(series, at, lookback + 1, profile)
    ),
    "an evaluation is a millisecond early": _kernel(
        latest=lambda series, at, *given: ranges.latest(series, at - 1, *given)
    ),
    "extremes of NaN are NaN": _kernel(over_time=_poisoned),
    "zeros have no sign": _kernel(latest=_unsigned),
    "a last bit differs": _kernel(
        rate=lambda *given: (np.nextafter(ranges.rate(*given)[0], 0), ranges.rate(*given)[1])
    ),
}
