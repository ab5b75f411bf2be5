"""Sums over a moving window are those of `sum_over_time`, window by window."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from native.ranges import sum_over_time
from slo.moving import moving_count, moving_sum
from slo.vector import Vector

ROWS = st.tuples(st.integers(1, 3), st.integers(1, 60))
COUNTS = st.just(0.0) | st.floats(1e-9, 1e9) | st.integers(0, 2**53).map(float)
ANYTHING = COUNTS | st.sampled_from([math.nan, math.inf, -math.inf, 1e308])


@st.composite
def windows(draw: st.DrawFn, values: st.SearchStrategy[float]) -> tuple[Vector, int, int]:
    shape = draw(ROWS)
    present = draw(arrays.arrays(np.bool_, shape))
    rows = np.where(present, draw(arrays.arrays(np.float64, shape, elements=values)), 0.0)
    instances = tuple((("row", str(row)),) for row in range(shape[0]))
    return Vector(instances, rows, present), draw(st.integers(1, shape[1])), draw(st.integers(1, 5))


def assert_as_window_by_window(vector: Vector, length: int, stride: int) -> None:
    found = moving_sum(vector, length, stride)
    values, present = sum_over_time(vector.values, vector.present, length, stride)
    assert found.instances == vector.instances
    largest = float(np.nan_to_num(vector.values, posinf=0, neginf=0).max())
    np.testing.assert_allclose(found.values, values, rtol=2**-52, atol=largest * 2**-94)
    np.testing.assert_array_equal(found.present, present)
    starts = range(0, vector.values.shape[1] - length + 1, stride)
    counts = np.stack([vector.present[:, start : start + length].sum(axis=1) for start in starts], axis=1)
    np.testing.assert_array_equal(moving_count(vector.present, length, stride), counts)


@given(windows(COUNTS))
def test_sums_of_events_are_the_same_but_for_a_last_bit(case: tuple[Vector, int, int]) -> None:
    assert_as_window_by_window(*case)


@given(windows(ANYTHING))
def test_what_is_not_finite_stays_in_its_windows(case: tuple[Vector, int, int]) -> None:
    assert_as_window_by_window(*case)


def test_a_plain_running_sum_would_differ() -> None:
    """The twin of the law: without what additions rounded away the same case fails."""
    rows = np.array([[1e16, 1.0, 1.0, 1.0]])
    vector = Vector(((),), rows, np.ones(rows.shape, np.bool_))
    running = np.cumsum(rows)
    assert moving_sum(vector, 3).values[0, -1] == 3.0 != running[-1] - running[0]
