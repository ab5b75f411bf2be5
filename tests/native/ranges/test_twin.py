"""Range functions on windows small enough to work out by hand."""

import math
from collections.abc import Sequence
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from native.ranges import PROM_2_42, PROM_3_5, Profile, Series, aggregate, is_stale, kernel, sum_over_time, twin

SECOND = 1000


KERNELS = [pytest.param(twin, id="twin")]
if kernel.COMPILED:
    KERNELS.append(pytest.param(kernel, id="kernel"))
each_kernel = pytest.mark.parametrize("ranges", KERNELS)


def at(seconds: float) -> int:
    return int(seconds * SECOND)


def scraped(times: Sequence[float], *rows: Sequence[float]) -> Series:
    clock = np.array([at(t) for t in times], np.int64)
    return Series.of((clock, np.array(row, np.float64)) for row in rows)


def milliseconds(*seconds: float) -> NDArray[np.int64]:
    return np.array([at(each) for each in seconds], np.int64)


def one(
    ranges: ModuleType,
    times: Sequence[float],
    values: Sequence[float],
    when: float,
    window: float,
    profile: Profile = PROM_3_5,
) -> float | None:
    found, present = ranges.increase(scraped(times, values), milliseconds(when), milliseconds(window), profile)
    return float(found[0, 0, 0]) if present[0, 0, 0] else None


@each_kernel
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
def test_increase_over_a_minute(
    ranges: ModuleType, times: list[float], values: list[float], expected: float | None
) -> None:
    found = one(ranges, times, values, 60, 60)
    assert (found is None) == (expected is None)
    assert found is None or found == pytest.approx(expected, rel=1e-15, nan_ok=True)


@each_kernel
def test_closed_windows_of_2_42_hold_the_sample_at_their_left_end(ranges: ModuleType) -> None:
    assert one(ranges, [0, 30], [100, 130], 60, 60) is None
    assert one(ranges, [0, 30], [100, 130], 60, 60, PROM_2_42) == 60.0


@each_kernel
def test_threshold_comes_before_the_zero_of_a_counter_since_3(ranges: ModuleType) -> None:
    times, values = [30, 40, 50, 60], [10.5, 20.5, 30.5, 40.5]
    assert one(ranges, times, values, 60, 60) == pytest.approx(35.0)
    assert one(ranges, times, values, 60, 60, PROM_2_42) == pytest.approx(40.5)


@each_kernel
def test_rate_is_the_increase_by_second(ranges: ModuleType) -> None:
    found, present = ranges.rate(scraped([10, 20, 30], [100, 110, 120]), milliseconds(30), milliseconds(30))
    assert (found.tolist(), present.tolist()) == ([[[1.0]]], [[[True]]])


@each_kernel
def test_every_window_of_every_series_at_every_time(ranges: ModuleType) -> None:
    series = scraped(range(0, 100, 10), range(10), range(0, 20, 2))
    found, present = ranges.increase(series, milliseconds(5, 50, 90), milliseconds(30, 40))
    assert present.tolist() == [[[False, True, True]] * 2] * 2
    assert found.tolist() == [[[0, 3, 3], [0, 6, 6]], [[0, 4, 4], [0, 8, 8]]]


@each_kernel
def test_each_window_adds_back_its_own_resets(ranges: ModuleType) -> None:
    series = scraped(range(10, 130, 10), [200.0, 10, 20, 30, 40, 50, 100, 50, 70, 20, 40, 50])
    found, _ = ranges.increase(series, milliseconds(60, 120), milliseconds(60))
    assert found.tolist() == [[[60.0, 144.0]]]


@each_kernel
def test_stale_markers_are_no_samples(ranges: ModuleType) -> None:
    marker = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
    found, present = ranges.increase(scraped([10, 20, 30], [1, marker, 3]), milliseconds(30), milliseconds(30))
    assert (found.tolist(), present.tolist()) == ([[[3.0]]], [[[True]]])
    assert not ranges.increase(scraped([10, 20], [1, marker]), milliseconds(30), milliseconds(30))[1].any()


@each_kernel
@pytest.mark.parametrize("times", [[10, 20, 20, 30], [10, 30, 20]])
def test_timestamps_out_of_order_are_told_with_their_place(ranges: ModuleType, times: list[float]) -> None:
    late = Series.of([(milliseconds(1), np.ones(1)), (milliseconds(*times), np.ones(len(times)))])
    with pytest.raises(ValueError, match="series 1: timestamps must ascend strictly, sample 2 does not"):
        ranges.increase(late, milliseconds(30), milliseconds(30))


@each_kernel
def test_evaluations_out_of_order_are_refused(ranges: ModuleType) -> None:
    with pytest.raises(ValueError, match="evaluations must ascend strictly"):
        ranges.increase(scraped([10, 20], [1, 2]), milliseconds(30, 20), milliseconds(30))


def test_only_the_marker_of_staleness_is_stale() -> None:
    marker = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
    assert is_stale(np.array([1.0, marker, math.nan, math.inf])).tolist() == [False, True, False, False]


def summed(
    rows: NDArray[np.float64], present: NDArray[np.bool_], profile: Profile = PROM_3_5
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values, found = aggregate("sum", rows, present, np.array([0, len(rows)]), profile)
    return values[0], found[0]


def test_sums_carry_what_rounding_takes_since_2_54() -> None:
    rows = np.array([[1e16], [1.0], [1.0], [-1e16]])
    present = np.ones(rows.shape, np.bool_)
    assert summed(rows, present)[0].tolist() == [2.0]
    assert summed(rows, present, PROM_2_42)[0].tolist() == [0.0]


def test_a_sum_is_absent_only_where_every_row_is() -> None:
    rows = np.array([[1.0, 0.0, 0.0], [2.0, 3.0, 0.0]])
    present = np.array([[True, False, False], [True, True, False]])
    values, found = summed(rows, present)
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
    assert summed(rows, present)[0].tolist() == [math.inf, 2.0]
    assert sum_over_time(rows, present, 2)[0].tolist() == [[math.inf], [2.0]]
