"""Functions over time, instant vectors and aggregators on numbers small enough to work out by hand."""

import math
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from native.ranges import PROM_2_42, PROM_3_5, PROM_3_14, Profile, Series, aggregate, latest, over_time

INF, NAN = math.inf, math.nan
MOST = 1.7e308
STALE = float(np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0])
Function = Literal["sum", "count", "avg", "min", "max", "last"]
Folding = Literal["sum", "avg", "min", "max"]


def series(*samples: tuple[int, float]) -> Series:
    times, values = zip(*samples, strict=True) if samples else ((), ())
    return Series.of([(np.array(times, np.int64), np.array(values, np.float64))])


FOLDED: list[tuple[str, list[float], float, float]] = [
    # function, values, since 3.5, in 2.42
    ("sum", [1e16, 1.0, 1.0, -1e16], 2.0, 0.0),
    ("sum", [INF, 1.0, -1.0], INF, INF),
    ("sum", [MOST, MOST, -MOST], INF, INF),
    ("sum", [INF, -INF], NAN, NAN),
    ("sum", [-0.0], 0.0, -0.0),
    ("avg", [1.0, 2.0, 6.0], 3.0, 3.0),
    ("avg", [1e16, 1.0, 1.0, -1e16], 0.5, 0.0),
    ("avg", [1.0, 0.1, 0.2], 0.43333333333333335, 0.43333333333333335),
    ("avg", [0.1, 0.7, 0.3], 0.3666666666666667, 0.3666666666666667),
    ("avg", [MOST, MOST, -MOST], 5.666666666666665e307, 5.666666666666666e307),
    ("avg", [INF, 1.0], INF, INF),
    ("avg", [INF, INF], INF, INF),
    ("avg", [INF, -INF], NAN, NAN),
    ("avg", [INF, NAN], NAN, NAN),
    ("avg", [-0.0], 0.0, -0.0),
    ("min", [3.0, 1.0, 2.0], 1.0, 1.0),
    ("max", [3.0, 1.0, 7.0], 7.0, 7.0),
    ("min", [NAN, 2.0, NAN], 2.0, 2.0),
    ("max", [NAN, NAN], NAN, NAN),
    ("min", [0.0, -0.0], 0.0, 0.0),
    ("max", [-0.0, 0.0], -0.0, -0.0),
    ("max", [-INF, NAN], -INF, -INF),
]


@pytest.mark.parametrize(("function", "values", "newer", "older"), FOLDED)
def test_series_are_folded_one_after_the_other(
    function: Folding, values: list[float], newer: float, older: float
) -> None:
    rows = np.array(values)[:, None]
    for profile, expected in ((PROM_3_5, newer), (PROM_3_14, newer), (PROM_2_42, older)):
        found, present = aggregate(function, rows, np.ones(rows.shape, np.bool_), np.array([0, len(rows)]), profile)
        assert present[0, 0]
        assert repr(float(found[0, 0])) == repr(expected)


def test_functions_over_time_are_compensated_in_every_version() -> None:
    held = series(*enumerate([1e16, 1.0, 1.0, -1e16]))
    for profile in (PROM_2_42, PROM_3_5):
        assert one("sum", held, at=3, window=10, profile=profile) == 2.0
    held = series(*enumerate([1.0, 0.1, 0.2]))
    assert one("avg", held, at=3, window=10, profile=PROM_2_42) == 0.4333333333333333
    assert one("avg", held, at=3, window=10) == 0.43333333333333335


def one(function: Function, held: Series, at: int, window: int, profile: Profile = PROM_3_5) -> float | None:
    values, present = over_time(function, held, np.array([at]), np.array([window]), profile)
    return float(values[0, 0, 0]) if present[0, 0, 0] else None


@pytest.mark.parametrize(
    ("function", "expected"), [("sum", 9.0), ("count", 3.0), ("avg", 3.0), ("min", 2.0), ("max", 4.0), ("last", 3.0)]
)
def test_functions_over_time_read_their_window_alone(function: Function, expected: float) -> None:
    assert one(function, series((10, 1), (20, 2), (30, STALE), (40, 4), (50, 3), (60, 7)), at=50, window=40) == expected


def test_windows_of_2_42_hold_their_left_end() -> None:
    held = series((10, 1), (20, 2))
    assert (one("count", held, 20, 10), one("count", held, 20, 10, PROM_2_42)) == (1, 2)


@pytest.mark.parametrize("held", [series(), series((5, STALE)), series((10, 1)), series((30, 1))])
def test_functions_over_time_are_absent_without_a_sample(held: Series) -> None:
    assert one("count", held, at=20, window=10) is None


def test_functions_over_time_of_every_series_window_and_time() -> None:
    held = Series.of((np.arange(0, 50, 10), np.arange(5.0) * scale) for scale in (1, 10))
    values, present = over_time("sum", held, np.array([0, 25, 90]), np.array([20, 60]))
    assert values.tolist() == [[[0, 3, 0], [0, 30, 0]], [[0, 3, 4], [0, 30, 40]]]
    assert present.tolist() == [[[True, True, False]] * 2, [[True, True, True]] * 2]


@pytest.mark.parametrize(
    ("at", "profile", "expected"),
    [
        (9, PROM_3_5, None),
        (10, PROM_3_5, 1.0),
        (29, PROM_3_5, 1.0),
        (30, PROM_3_5, None),  # stale
        (40, PROM_3_5, 4.0),
        (339, PROM_3_5, 4.0),
        (340, PROM_3_5, None),  # five minutes old
        (340, PROM_2_42, 4.0),
        (341, PROM_2_42, None),
    ],
)
def test_instant_vector_is_the_last_sample_unless_stale_or_old(
    at: int, profile: Profile, expected: float | None
) -> None:
    values, present = latest(series((10, 1), (30, STALE), (40, 4)), np.array([at]), 300, profile)
    assert (float(values[0, 0]) if present[0, 0] else None) == expected


def test_instant_vector_of_series_without_samples_is_absent() -> None:
    assert not latest(series(), np.array([1, 2]), 300)[1].any()


def test_groups_of_any_size_stay_apart() -> None:
    rows = np.arange(6.0)[:, None] * np.array([[1.0, 10.0]])
    present = np.array([[True, True]] * 5 + [[True, False]])
    values, found = aggregate("max", rows, present, np.array([0, 1, 1, 3, 4, 6]))
    assert values.tolist() == [[0, 0], [0, 0], [2, 20], [3, 30], [5, 40]]
    assert found.tolist() == [[True, True], [False, False], [True, True], [True, True], [True, True]]


def test_a_group_is_absent_only_where_all_of_it_is() -> None:
    rows = np.array([[1.0, 5.0], [2.0, 6.0]])
    values, found = aggregate("avg", rows, np.array([[True, False], [False, False]]), np.array([0, 2]))
    assert (values.tolist(), found.tolist()) == ([[1.0, 0.0]], [[True, False]])


@pytest.mark.parametrize("function", [over_time, latest])
def test_samples_and_evaluations_out_of_order_are_refused(function: object) -> None:
    late: NDArray[np.int64] = np.array([30, 20])
    with pytest.raises(ValueError, match="evaluations must ascend strictly"):
        read(function, series((10, 1)), late)
    with pytest.raises(ValueError, match="series 0: timestamps must ascend strictly, sample 1 does not"):
        read(function, series((10, 1), (10, 2)), np.array([20]))


def read(function: object, held: Series, at: NDArray[np.int64]) -> None:
    if function is latest:
        latest(held, at, 300)
    else:
        over_time("sum", held, at, np.array([60]))
