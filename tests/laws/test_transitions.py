"""Laws of the fused path: the compiled one is its twin, whatever the program."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from native.ranges import (
    BOTH,
    EITHER,
    INTERPOLATED,
    PROM_2_42,
    PROM_3_5,
    Profile,
    Program,
    Series,
    fused,
    kernel,
    transitions,
)

MINUTE = 60_000
STALE = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]

Integers = NDArray[np.int64]


def integers(numbers: Iterable[int]) -> Integers:
    return np.array(list(numbers), np.int64)


def lists(items: list[list[int]]) -> tuple[Integers, Integers]:
    return integers(np.cumsum([0, *map(len, items)])), integers(item for each in items for item in each)


@st.composite
def counters(draw: st.DrawFn) -> Series:
    """Counters scraped each minute or oftener: some with gaps, resets, jitter, stale markers and odd numbers."""
    noise = np.random.default_rng(draw(st.integers(0, 2**32)))
    tracks = []
    for _ in range(draw(st.integers(1, 5))):
        count, spacing = int(noise.integers(0, 90)), int(noise.choice([15_000, 30_000, 60_000, 45_000]))
        clock = spacing * np.arange(count, dtype=np.int64) + int(noise.integers(0, 600_000))
        if draw(st.booleans()):
            clock = clock + noise.integers(0, 3, count)
        values = np.cumsum(noise.choice([0.0, 0.0, 1.0, 3.0, 0.1], count))
        for place in noise.integers(0, max(1, count), draw(st.integers(0, 3)))[: count and 3]:
            values[place:] -= values[place]
        odd = noise.random(count) < draw(st.sampled_from([0.0, 0.0, 0.02]))
        values[odd] = noise.choice([STALE, np.nan, np.inf], int(odd.sum()))
        kept = noise.random(count) >= draw(st.sampled_from([0.0, 0.05, 0.5]))
        tracks.append((clock[kept], values[kept]))
    return Series.of(tracks)


@st.composite
def programs(draw: st.DrawFn, series: int) -> Program:
    """Sides of any series, error ratios of every kind, windows of both, and conditions over all of them."""

    def some(most: int, least: int, longest: int) -> list[int]:
        return draw(st.lists(st.integers(0, most - 1), min_size=least, max_size=longest))

    sides = [sorted(set(some(series, 0, 4))) for _ in range(draw(st.integers(1, 4)))]
    kinds = some(4, 1, 3)
    totals = [some(len(sides), 1, 3) for _ in kinds]
    bads = [some(len(sides), 2, 2) if kind == INTERPOLATED else some(len(sides), 1, 3) for kind in kinds]
    windows = draw(st.lists(st.sampled_from([1, 2, 5, 12, 40]), min_size=1, max_size=3))
    burnings = [(draw(st.integers(0, len(kinds) - 1)), draw(st.integers(0, len(windows) - 1))) for _ in range(4)]
    conditions = [draw(conditions_over(len(burnings))) for _ in range(draw(st.integers(1, 4)))]
    cut = draw(st.integers(0, len(conditions)))
    durations = st.lists(
        st.sampled_from([0, MINUTE, 150_000, 300_000]), min_size=len(conditions), max_size=len(conditions)
    )
    return Program(
        *lists(sides),
        *lists(totals),
        *lists(bads),
        integers(kinds),
        np.full(len(kinds), 0.3),
        integers(MINUTE * window for window in windows),
        integers(draw(st.sampled_from([0, 0, 2 * MINUTE])) for _ in windows),
        MINUTE,
        integers(ratio for ratio, _ in burnings),
        integers(window for _, window in burnings),
        np.array([draw(st.sampled_from([-1.0, 0.0, 0.1, 0.5, 1.0])) for _ in burnings]),
        *lists(conditions),
        integers(draw(durations)),
        integers(draw(durations)),
        integers([0, cut, len(conditions)]),
    )


@st.composite
def conditions_over(draw: st.DrawFn, burnings: int, depth: int = 2) -> list[int]:
    if depth == 0 or draw(st.booleans()):
        return [draw(st.integers(0, burnings - 1))]
    left, right = draw(conditions_over(burnings, depth - 1)), draw(conditions_over(burnings, depth - 1))
    return [*left, *right, draw(st.sampled_from([BOTH, EITHER]))]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Series, Program, Integers]:
    series = draw(counters())
    step = draw(st.sampled_from([MINUTE, 2 * MINUTE]))
    times = 300_000 + draw(st.sampled_from([0, 1, 12_345])) + step * np.arange(draw(st.integers(0, 80)), dtype=np.int64)
    return series, draw(programs(len(series))), times


@pytest.mark.skipif(not kernel.COMPILED, reason="there is one implementation only")
@settings(max_examples=150, deadline=None)
@given(cases(), st.sampled_from([PROM_3_5, PROM_2_42]), st.integers(1, 2))
def test_kernel_is_the_twin(case: tuple[Series, Program, Integers], profile: Profile, threads: int) -> None:
    found = transitions(*case, profile, threads)
    assert found.tolist() == fused.transitions(*case, profile).tolist()


@settings(max_examples=50, deadline=None)
@given(cases())
def test_statuses_change_in_order(case: tuple[Series, Program, Integers]) -> None:
    found = transitions(*case)
    assert found.tolist() == sorted(found.tolist())
    for alert in range(len(case[1].holds)):
        course = [0, *found[found[:, 0] == alert][:, 2].tolist()]
        assert all(before != after for before, after in pairwise(course))
