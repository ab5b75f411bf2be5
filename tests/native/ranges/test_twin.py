"""Range functions on windows small enough to work out by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from native.ranges import PROM_2_42, PROM_3_5, Profile, increase, is_stale, rate, sum_over_time, sum_series

SECOND = 1000


def at(seconds: float) -> int:
    return int(seconds * SECOND)


def one(
    times: Sequence[float], values: Sequence[float], when: float, window: float, profile: Profile = PROM_3_5
) -> float | None:
    clock = np.array([at(t) for t in times], np.int64)
    moments = np.array([at(when)], np.int64)
    found, present = increase(clock, [np.array(values, np.float64)], moments, at(window), profile)
    return float(found[0, 0]) if present[0] else None


@pytest.mark.parametrize(
    ("times", "values", "expected"),
    [
        ([], [], None),
        ([30], [5], None),
        ([0, 30], [5, 6], None),  # the window is left-open: 0 is outside
        ([1, 60], [100, 100], 0.0),
        ([10, 20, 30, 40, 50, 60], [100, 110, 120, 130, 140, 150], 60.0),  # to both boundaries
        ([10, 20, 30, 40, 50, 60], [100, 110, 120, 5, 15, 25], 54.0),  # 20 + 5 + 20 by 60 / 50
        ([10, 20, 30, 40, 50, 60], [100, 50, 100, 50, 100, 150], 300.0),  # two resets lose 100 each
        ([40, 50, 60], [100, 110, 120], 25.0),  # begins too late: half a scrape to the left
        ([10, 20, 30], [100, 110, 120], 35.0),  # ends too early: half a scrape to the right, 10 to the left
        ([9, 19, 29, 39, 49], [100, 110, 120, 130, 140], 54.0),  # a scrape and a tenth to the right: it was due
        ([11, 21, 31, 41, 51], [100, 110, 120, 130, 140], 54.0),  # and to the left
        ([10, 20, 30, 40, 50, 60], [2, 12, 22, 32, 42, 52], 52.0),  # two seconds before the first it was zero
        ([10, 60], [math.nan, 1], math.nan),
    ],
)
def test_increase_over_a_minute(times: list[float], values: list[float], expected: float | None) -> None:
    found = one(times, values, 60, 60)
    assert (found is None) == (expected is None)
    assert found is None or found == pytest.approx(expected, rel=1e-15, nan_ok=True)


def test_closed_windows_of_2_42_hold_the_sample_at_their_left_end() -> None:
    assert one([0, 30], [100, 130], 60, 60) is None
    assert one([0, 30], [100, 130], 60, 60, PROM_2_42) == 60.0


def test_threshold_comes_before_the_zero_of_a_counter_since_3() -> None:
    times, values = [30, 40, 50, 60], [10.5, 20.5, 30.5, 40.5]
    assert one(times, values, 60, 60) == pytest.approx(35.0)
    assert one(times, values, 60, 60, PROM_2_42) == pytest.approx(40.5)


def test_rate_is_the_increase_by_second() -> None:
    clock = np.array([at(t) for t in (10, 20, 30)], np.int64)
    found, present = rate(clock, [np.array([100.0, 110.0, 120.0])], np.array([at(30)]), at(30))
    assert (found.tolist(), present.tolist()) == ([[1.0]], [True])


def test_times_of_many_windows_need_no_order() -> None:
    clock = np.array([at(t) for t in range(0, 100, 10)], np.int64)
    found, present = increase(clock, [np.arange(10.0), np.arange(10.0) * 2], np.array([at(90), at(5), at(50)]), at(30))
    assert present.tolist() == [True, False, True]
    assert found.tolist() == [[3.0, 0.0, 3.0], [6.0, 0.0, 6.0]]


def test_each_window_adds_back_its_own_resets() -> None:
    clock = np.array([at(t) for t in range(10, 130, 10)], np.int64)
    row = np.array([200.0, 10, 20, 30, 40, 50, 100, 50, 70, 20, 40, 50])
    found, _ = increase(clock, [row], np.array([at(60), at(120)]), at(60))
    assert found.tolist() == [[60.0, 144.0]]


def test_only_the_marker_of_staleness_is_stale() -> None:
    marker = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
    assert is_stale(np.array([1.0, marker, math.nan, math.inf])).tolist() == [False, True, False, False]


def test_sums_carry_what_rounding_takes_since_2_54() -> None:
    rows = np.array([[1e16], [1.0], [1.0], [-1e16]])
    present = np.ones(rows.shape, np.bool_)
    assert sum_series(rows, present)[0].tolist() == [2.0]
    assert sum_series(rows, present, PROM_2_42)[0].tolist() == [0.0]


def test_a_sum_is_absent_only_where_every_row_is() -> None:
    rows = np.array([[1.0, 0.0, 0.0], [2.0, 3.0, 0.0]])
    present = np.array([[True, False, False], [True, True, False]])
    values, found = sum_series(rows, present)
    assert (values.tolist(), found.tolist()) == ([3.0, 3.0, 0.0], [True, True, False])


def test_sums_over_time_slide() -> None:
    rows = np.array([[1e16, 1.0, 1.0, -1e16, 5.0]])
    present = np.array([[True, True, True, True, False]])
    values, found = sum_over_time(rows, present, 4)
    assert (values.tolist(), found.tolist()) == ([[2.0, -1e16 + 7.0]], [[True, True]])
    assert sum_over_time(rows, present, 1, 2)[1].tolist() == [[True, True, False]]


def test_an_infinite_sum_is_infinite() -> None:
    rows = np.array([[math.inf, 1.0], [1.0, 1.0]])
    present = np.ones(rows.shape, np.bool_)
    assert sum_series(rows, present)[0].tolist() == [math.inf, 2.0]
    assert sum_over_time(rows, present, 2)[0].tolist() == [[math.inf], [2.0]]
