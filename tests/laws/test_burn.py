"""Laws of budgets: spending leaves less, and stale markers are no samples."""

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slo.budget import remaining
from slo.burn import Burn
from slo.increases import selection, summed_increase
from slo.samples import Track
from slo.vector import Grid, Vector

STALE = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
counts = st.floats(0, 1e15)


def single(value: float) -> Vector:
    return Vector(((),), np.array([[value]]), np.array([[True]]))


def left(bad: float, total: float, budget: Decimal) -> float | None:
    return remaining(Burn(single(bad), single(total)).error_ratio, budget).latest(((),))[0]


@given(counts, counts, st.floats(1, 1e15), st.decimals("0.0001", "0.5", places=4))
def test_more_bad_events_never_leave_more_budget(one: float, other: float, total: float, budget: Decimal) -> None:
    fewer, more = sorted((one, other))
    after_fewer, after_more = left(fewer, total, budget), left(more, total, budget)
    assert after_fewer is not None
    assert after_more is not None
    assert 1 >= after_fewer >= after_more


@given(st.floats(1, 1e15), st.decimals("0.0001", "0.5", places=4))
def test_a_burn_rate_of_one_over_the_period_leaves_nothing(total: float, budget: Decimal) -> None:
    ratio = single(float(budget))
    assert remaining(ratio, budget).latest(((),)) == [0.0]
    assert left(0.0, total, budget) == 1.0


@given(st.lists(st.booleans(), min_size=3, max_size=40), st.integers(0, 2**32))
def test_stale_markers_are_no_samples(kept: list[bool], seed: int) -> None:
    noise = np.random.default_rng(seed)
    clock = np.cumsum(noise.integers(1, 30_000, len(kept))).astype(np.int64)
    values, whole = np.cumsum(noise.random(len(kept))), np.array(kept)
    marked = Track("m", (("i", "1"),), clock, np.where(whole, values, STALE))
    without = Track("m", (("i", "1"),), clock[whole], values[whole])
    other = Track("m", (("i", "2"),), clock, values)
    grid = Grid(int(clock[-1]), 7_000, 20)
    found, expected = (summed_increase(selection([one, other], ()), grid, 60_000) for one in (marked, without))
    assert np.array_equal(found.values, expected.values)
    assert np.array_equal(found.present, expected.present)
