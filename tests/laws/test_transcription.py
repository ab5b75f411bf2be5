"""Laws of aggregators and functions over time: the vectorised twin is the slow transcription, number by number."""

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Final, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from native.ranges import PROM_2_42, PROM_3_5, Profile, Series
from native.ranges.twin import aggregate, latest, over_time
from tests.native.ranges import transcription

Folding = Literal["sum", "avg", "min", "max"]

odd = st.sampled_from([0.0, -0.0, 0.1, 1.0, 1e16, -1e16, 1.7e308, -1.7e308, np.inf, -np.inf, np.nan])
numbers = odd | st.floats(allow_nan=False)
columns = st.lists(st.lists(st.none() | numbers, min_size=3, max_size=3), min_size=1, max_size=9)

FOLDS: Final[Mapping[tuple[Folding, Profile], Callable[[list[float]], float]]] = {
    ("sum", PROM_3_5): transcription.summed,
    ("sum", PROM_2_42): lambda values: reduce(operator.add, values),
    ("avg", PROM_3_5): transcription.mean,
    ("avg", PROM_2_42): lambda values: transcription.running_mean(values, compensated=False),
    ("min", PROM_3_5): lambda values: transcription.extreme(values, operator.lt),
    ("max", PROM_3_5): lambda values: transcription.extreme(values, operator.gt),
}
OVER_TIME: Final[Mapping[tuple[Folding, Profile], Callable[[list[float]], float]]] = {
    **FOLDS,
    ("sum", PROM_2_42): transcription.summed,
    ("avg", PROM_2_42): lambda values: transcription.running_mean(values, compensated=True),
}


def bits(value: float) -> int:
    return -1 if np.isnan(value) else int(np.float64(value).view(np.uint64))


def told(values: NDArray[np.float64], present: NDArray[np.bool_]) -> list[int | None]:
    return [bits(value) if here else None for value, here in zip(values.tolist(), present.tolist(), strict=True)]


def arrays(rows: list[list[float | None]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values = np.array([[0.0 if value is None else value for value in row] for row in rows])
    return values, np.array([[value is not None for value in row] for row in rows])


@pytest.mark.parametrize(("function", "profile"), FOLDS)
@given(rows=columns)
def test_aggregators_are_their_transcription(
    function: Folding, profile: Profile, rows: list[list[float | None]]
) -> None:
    found, there = aggregate(function, *arrays(rows), np.array([0, len(rows)]), profile)
    held = [[value for value in column if value is not None] for column in zip(*rows, strict=True)]
    assert told(found[0], there[0]) == [bits(FOLDS[function, profile](each)) if each else None for each in held]


@pytest.mark.parametrize(("function", "profile"), OVER_TIME)
@given(rows=columns, at=st.integers(0, 9), window=st.integers(1, 9))
def test_functions_over_time_are_their_transcription(
    function: Folding, profile: Profile, rows: list[list[float | None]], at: int, window: int
) -> None:
    values, present = arrays(rows)
    series = Series.of((np.flatnonzero(here), row[here]) for row, here in zip(values.T, present.T, strict=True))
    found, there = over_time(function, series, np.array([at]), np.array([window]), profile)
    begin = max(0, at - window + (0 if profile.closed else 1))
    held = [[value for value in row[begin : at + 1] if value is not None] for row in zip(*rows, strict=True)]
    assert told(found[0, :, 0], there[0, :, 0]) == [
        bits(OVER_TIME[function, profile](each)) if each else None for each in held
    ]


@given(rows=columns, window=st.integers(1, 9))
def test_last_over_time_is_the_instant_vector_where_nothing_is_stale(
    rows: list[list[float | None]], window: int
) -> None:
    values, present = arrays(rows)
    series = Series.of((np.flatnonzero(here), row[here]) for row, here in zip(values.T, present.T, strict=True))
    at = np.arange(12)
    for profile in (PROM_2_42, PROM_3_5):
        over, there = over_time("last", series, at, np.array([window]), profile)
        now, here = latest(series, at, window, profile)
        assert np.array_equal(there[0], here)
        assert np.array_equal(over[0], now, equal_nan=True)
