"""Laws of the simulated flows, for any seed and any moment."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emberline.demo.flow import DAY_MS, Flow, Span, Traffic
from emberline.demo.metrics import Spread

ORIGIN = 1_790_000_000_000
SEEDS = st.integers(0, 1000)
RATES = st.floats(0.001, 1000)
MOMENTS = st.lists(st.integers(0, 400 * DAY_MS), min_size=2, max_size=50, unique=True).map(sorted)
SHARES = st.floats(0, 0.9)


def at(moments: list[int]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return ORIGIN + np.array(moments, np.int64)


@given(SEEDS, RATES, MOMENTS)
def test_counts_rise_and_the_rate_is_never_negative(seed: int, rate: float, moments: list[int]) -> None:
    flow = Flow.drawn("any", seed, ORIGIN, rate)
    assert (np.diff(flow.events(at(moments))) > 0).all()
    assert (flow.rate_at(at(moments)) >= 0).all()


@given(SEEDS, st.integers(0, 40 * DAY_MS))
def test_counts_are_the_integral_of_the_rate(seed: int, start: int) -> None:
    flow = Flow.drawn("any", seed, ORIGIN, 10)
    times = at(list(range(start, start + 3_600_001, 1000)))
    rates = flow.rate_at(times)
    summed = float(np.sum((rates[1:] + rates[:-1]) / 2))
    first, last = flow.events(times[[0, -1]])
    assert abs((last - first) - summed) < 1e-3 * summed


@given(SEEDS, SHARES, SHARES, MOMENTS)
def test_good_and_bad_rise_whatever_a_span_turns(seed: int, usual: float, share: float, moments: list[int]) -> None:
    span = Span(ORIGIN + 100 * DAY_MS, ORIGIN + 200 * DAY_MS, share)
    traffic = Traffic.drawn("any", seed, ORIGIN, 1.0, usual, (span,))
    for count in (traffic.good(at(moments)), traffic.bad(at(moments))):
        assert (np.diff(count) >= 0).all()


@given(SEEDS, st.lists(st.integers(0, 40 * DAY_MS), min_size=1, max_size=20))
def test_a_moment_alone_and_in_a_block_is_the_same(seed: int, moments: list[int]) -> None:
    flow = Flow.drawn("any", seed, ORIGIN, 10)
    block = flow.events(at(moments))
    alone = [float(flow.events(at([moment]))[0]) for moment in moments]
    assert np.allclose(block, alone, rtol=1e-13, atol=0)


@given(st.floats(0.001, 1000), st.floats(0.05, 2), st.lists(st.floats(1e-6, 1e6), min_size=2).map(sorted))
def test_a_spread_is_a_distribution(median: float, sigma: float, bounds: list[float]) -> None:
    spread = Spread(median, sigma)
    shares = [spread.below(bound) for bound in bounds]
    assert all(0 <= low <= high <= 1 for low, high in pairwise(shares))
    assert abs(spread.below(median) - 0.5) < 1e-12
    assert spread.below(float("inf")) == 1
