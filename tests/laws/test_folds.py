"""Laws of functions over time, instant vectors and aggregates: the kernel is its twin, on odd numbers too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from native.ranges import PROM_2_42, PROM_3_5, Profile, Series, kernel, twin
from native.ranges.twin import Aggregator, OverTime

STALE = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
PROFILES = st.sampled_from([PROM_2_42, PROM_3_5])
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 0.1, 1e16, -1e16, 1e308, -1e308, np.inf, -np.inf, np.nan]) | st.floats(-9, 9)
FUNCTIONS: tuple[OverTime, ...] = ("sum", "count", "avg", "min", "max", "last")
AGGREGATORS: tuple[Aggregator, ...] = ("sum", "avg", "min", "max")

compiled = pytest.mark.skipif(not kernel.COMPILED, reason="there is one implementation only")


@st.composite
def gauges(draw: st.DrawFn) -> Series:
    tracks = []
    for _ in range(draw(st.integers(1, 3))):
        values = np.array(draw(st.lists(NUMBERS | st.just(STALE), max_size=20)), np.float64)
        steps = draw(st.lists(st.sampled_from([1, 10, 60]), min_size=len(values), max_size=len(values)))
        tracks.append((np.cumsum(np.array(steps, np.int64)), values))
    return Series.of(tracks)


TIMES = st.lists(st.integers(0, 400), min_size=1, max_size=9, unique=True).map(lambda times: np.array(sorted(times)))


def equal(
    mine: tuple[NDArray[np.float64], NDArray[np.bool_]], other: tuple[NDArray[np.float64], NDArray[np.bool_]]
) -> bool:
    """Every bit but those of a NaN, and presence."""
    (values, present), (wanted, there) = mine, other
    alike = (values.view(np.uint64) == wanted.view(np.uint64)) | (np.isnan(values) & np.isnan(wanted))
    return bool(alike.all()) and np.array_equal(present, there)


@compiled
@given(st.sampled_from(FUNCTIONS), gauges(), TIMES, PROFILES)
def test_functions_over_time(function: OverTime, series: Series, times: NDArray[np.int64], profile: Profile) -> None:
    windows = np.array([1, 60, 200])
    mine = kernel.over_time(function, series, times, windows, profile)
    assert equal(mine, twin.over_time(function, series, times, windows, profile))


@compiled
@given(gauges(), TIMES, st.sampled_from([1, 60, 300]), PROFILES)
def test_instant_vectors(series: Series, times: NDArray[np.int64], lookback: int, profile: Profile) -> None:
    assert equal(kernel.latest(series, times, lookback, profile), twin.latest(series, times, lookback, profile))


@compiled
@given(
    st.sampled_from(AGGREGATORS),
    st.lists(st.lists(st.none() | NUMBERS, min_size=2, max_size=2), max_size=12),
    st.lists(st.integers(0, 12), max_size=4),
    PROFILES,
)
def test_aggregates(
    function: Aggregator, given_rows: list[list[float | None]], cuts: list[int], profile: Profile
) -> None:
    count = len(given_rows)
    rows = np.array([[0.0 if value is None else value for value in row] for row in given_rows], np.float64).reshape(
        count, 2
    )
    present = np.array([[value is not None for value in row] for row in given_rows], np.bool_).reshape(count, 2)
    groups = np.array(sorted([0, *(min(cut, count) for cut in cuts), count]))
    mine = kernel.aggregate(function, rows, present, groups, profile)
    assert equal(mine, twin.aggregate(function, rows, present, groups, profile))
