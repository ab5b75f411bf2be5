"""Programs that do not hold together are refused before the kernel reads a sample."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from native.ranges import BOTH, INTERPOLATED, Program, Series, kernel, transitions

pytestmark = pytest.mark.skipif(not kernel.COMPILED, reason="the twin trusts its programs")

AT = np.array([20_000, 40_000])
SERIES = Series.of([(np.array([1000, 2000]), np.array([1.0, 3.0]))] * 2)


def integers(*numbers: int) -> NDArray[np.int64]:
    return np.array(numbers, np.int64)


GOOD = Program(
    side_offsets=integers(0, 1, 2),
    side_series=integers(0, 1),
    total_offsets=integers(0, 1),
    total_sides=integers(0),
    bad_offsets=integers(0, 1),
    bad_sides=integers(1),
    kinds=integers(0),
    weights=np.array([0.0]),
    windows=integers(60_000, 60_000),
    composed_of=integers(0, 30_000),
    interval=10_000,
    burning_ratios=integers(0, 0),
    burning_windows=integers(0, 1),
    thresholds=np.array([0.5, 0.5]),
    condition_offsets=integers(0, 3),
    conditions=integers(0, 1, BOTH),
    holds=integers(0),
    keeps=integers(0),
    units=integers(0, 1),
)


def test_a_good_program_is_run() -> None:
    assert transitions(SERIES, GOOD, AT).tolist() == [[0, 0, 2]]


LISTS = "offsets do not cut a list into lists"
RATIO = "an error ratio is not made of sides"
WINDOW = "a window has no length, or no interval"
BURNING = "a burning is not an error ratio over a window"
CONDITION = "a condition is not an expression over burnings"


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        (LISTS, {"side_offsets": integers()}),
        (LISTS, {"side_offsets": integers(1, 1, 2)}),
        (LISTS, {"total_offsets": integers(0, 2)}),
        (LISTS, {"bad_offsets": integers(0, 1, 0, 1)}),
        ("a side sums a series that is not there", {"side_series": integers(0, 2)}),
        ("a side sums a series that is not there", {"side_series": integers(-1, 0)}),
        (RATIO, {"kinds": integers()}),
        (RATIO, {"kinds": integers(4)}),
        (RATIO, {"kinds": integers(INTERPOLATED)}),
        (RATIO, {"bad_sides": integers(2)}),
        (RATIO, {"weights": np.empty(0)}),
        (WINDOW, {"windows": integers(60_000, 0)}),
        (WINDOW, {"composed_of": integers(0)}),
        (WINDOW, {"composed_of": integers(0, -30_000)}),
        (WINDOW, {"interval": 0}),
        ("evaluations do not meet the points, 30000 ms apart", {"interval": 30_000}),
        (BURNING, {"burning_ratios": integers(0, 1)}),
        (BURNING, {"burning_windows": integers(0, 2)}),
        (BURNING, {"thresholds": np.array([0.5])}),
        (CONDITION, {"conditions": integers(0, 2, BOTH)}),
        (CONDITION, {"conditions": integers(0, BOTH, 1)}),
        (CONDITION, {"conditions": integers(0, 1, -3)}),
        (CONDITION, {"conditions": integers(0, 1, 1)}),
        (CONDITION, {"holds": integers()}),
        (CONDITION, {"units": integers(0, 2)}),
        (CONDITION, {"condition_offsets": integers(0, 1025), "conditions": integers(*[0] * 513, *[BOTH] * 512)}),
    ],
)
def test_one_that_does_not_hold_together_is_refused(fault: str, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=fault):
        transitions(SERIES, replace(GOOD, **changes), AT)  # type: ignore[arg-type]


def test_arrays_of_another_type_are_refused_by_name() -> None:
    with pytest.raises(TypeError, match="thresholds is not a contiguous one-dimensional array"):
        transitions(SERIES, replace(GOOD, thresholds=np.array([1, 1])), AT)
