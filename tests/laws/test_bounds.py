"""Laws of what the fused path skips: bounds decide as the exact arithmetic does, to the last bit of a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from native.ranges import COUNTED, PROM_2_42, PROM_3_5, Profile, Program, Series, aggregate, kernel, transitions
from native.ranges.algebra import bad_events, error_ratio
from native.ranges.twin import increase

MINUTE: Final = 60_000
STALE: Final = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
PROFILES: Final = (PROM_2_42, PROM_3_5, Profile(closed=False, zero_first=True, compensated=True, running_mean=False))

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Track = tuple[Integers, Floats]

pytestmark = pytest.mark.skipif(not kernel.COMPILED, reason="there is one implementation only")


@dataclass(frozen=True)
class Case:
    """Bad events of some counters and all events of others, over windows in ms."""

    bad: Sequence[Track]
    total: Sequence[Track]
    at: Integers
    windows: Sequence[int]

    @property
    def series(self) -> Series:
        """Bad ones before the others."""
        return Series.of([*self.bad, *self.total])

    def ratios(self, profile: Profile) -> Floats:
        """(window, time), by the twin; NaN where there is none."""
        raised, present = increase(self.series, self.at, np.array(self.windows), profile)
        groups = np.array([0, len(self.bad), len(self.bad) + len(self.total)])
        rows = []
        for row, here in zip(raised, present, strict=True):
            sums, found = aggregate("sum", row, here, groups, profile)
            bad, total = zip(sums, found, strict=True)
            ratio, there = error_ratio(bad_events(COUNTED, [bad], total, 0.0), total)
            rows.append(np.where(there, ratio, np.nan))
        return np.stack(rows)

    def program(self, thresholds: Sequence[tuple[int, float]]) -> Program:
        """An alert for each window and threshold, without a `for`: its transitions tell of every evaluation.

        Each is a unit of its own: what is computed for one threshold would answer the next one, too.
        """
        count, alerts = len(self.bad), len(thresholds)
        return Program(
            np.array([0, count, count + len(self.total)]),
            np.arange(count + len(self.total)),
            *(np.array([0, 1]), np.array([1])),
            *(np.array([0, 1]), np.array([0])),
            np.array([COUNTED]),
            np.zeros(1),
            np.array(self.windows),
            np.zeros(len(self.windows), np.int64),
            MINUTE,
            np.zeros(alerts, np.int64),
            np.array([window for window, _ in thresholds], np.int64),
            np.array([threshold for _, threshold in thresholds], np.float64),
            *(np.arange(alerts + 1), np.arange(alerts)),
            np.zeros(alerts, np.int64),
            np.zeros(alerts, np.int64),
            np.arange(alerts + 1),
        )

    def assert_decided(self, thresholds: Sequence[tuple[int, float]], profile: Profile = PROM_3_5) -> None:
        """AssertionError where the kernel does not tell what the twin's ratios do at some evaluation."""
        ratios = self.ratios(profile)
        expected = []
        for alert, (window, threshold) in enumerate(thresholds):
            burns = ratios[window] > threshold
            changes = np.flatnonzero(np.diff(burns, prepend=False))
            expected += [[alert, int(place), 2 * int(burns[place])] for place in changes]
        found = transitions(self.series, self.program(thresholds), self.at, profile)
        assert found.tolist() == expected


def clock_of(noise: np.random.Generator) -> Integers:
    """Scrapes for ten hours or so, a minute apart or closer or wider, some lost one by one or for long, some late."""
    spacing = int(noise.choice([15_000, 45_000, MINUTE, MINUTE, MINUTE, 3 * MINUTE]))
    clock = int(noise.integers(0, 100)) * MINUTE + spacing * np.arange(int(noise.integers(1, 600 * MINUTE // spacing)))
    if noise.random() < 0.2:
        clock = clock + noise.integers(0, 9, len(clock))
    kept = noise.random(len(clock)) >= noise.choice([0.0, 0.0, 0.01, 0.1, 0.6])
    for begin in noise.integers(0, len(clock), int(noise.integers(0, 3))):
        kept[begin : begin + int(noise.integers(2, 100))] = False
    found: Integers = clock[kept]
    return found


def counter_of(noise: np.random.Generator, clock: Integers, rate: float) -> Track:
    """Whole numbers but for a few, quiet and steep by turns, with resets and stale markers."""
    count = len(clock)
    pace = np.repeat(noise.choice([0.0, 1.0, 1.0, 40.0], count), int(noise.choice([1, 5, 40, 1000])))[:count]
    values = noise.choice([0.0, 1.0, 1e6]) + np.cumsum(noise.poisson(rate * pace).astype(np.float64))
    for place in noise.integers(0, max(1, count), int(noise.integers(0, 4)))[:count]:
        values[place:] -= values[place] - noise.choice([0.0, 2.0])
    if noise.random() < 0.2:
        values[noise.random(count) < 0.02] = noise.choice([STALE, np.nan, np.inf, -1.0, 0.1, 2.0**60])
    return clock, values


def case_of(seed: int) -> Case:
    """Sides of one to three counters, on clocks of their own or on one, and evaluations among and around them."""
    noise = np.random.default_rng(seed)
    clocks = [clock_of(noise) for _ in range(int(noise.choice([1, 1, 6])))]
    bad_rate, total_rate = noise.choice([(0.05, 1.0), (0.02, 100.0), (0.5, 3.0), (10.0, 10.0), (300.0, 1000.0)])
    count = int(noise.choice([1, 1, 1, 2, 3]))
    bad = [counter_of(noise, clocks[i % len(clocks)], bad_rate) for i in range(count)]
    total = [counter_of(noise, clocks[-1 - i % len(clocks)], total_rate) for i in range(count)]
    step = int(noise.choice([MINUTE, MINUTE, MINUTE, 2 * MINUTE, 30_000]))
    begin = int(noise.integers(0, 200)) * MINUTE + int(noise.choice([0, 1, 7_213]))
    at = begin + step * np.arange(int(noise.integers(1, 700)), dtype=np.int64)
    lengths = MINUTE * noise.choice([1, 2, 5, 12, 30, 33, 60, 250, 600, 2000], 3)
    odd = int(noise.integers(1, 500 * MINUTE))
    return Case(bad, total, at, [*map(int, lengths), odd])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32).map(case_of), st.sampled_from(PROFILES), st.integers(0, 2**32))
def test_thresholds_next_to_a_ratio(case: Case, profile: Profile, seed: int) -> None:
    noise = np.random.default_rng(seed)
    thresholds = []
    for window, row in enumerate(case.ratios(profile)):
        known = np.unique(row[np.isfinite(row)])
        chosen = noise.choice(known, min(len(known), 16), replace=False)
        for ratio in (0.0, 1e-3, *known[-1:], *chosen):
            thresholds += [(window, float(each)) for each in (np.nextafter(ratio, -1), ratio, np.nextafter(ratio, 2))]
    case.assert_decided(thresholds, profile)


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("samples", [2, 3, 6, 30])
def test_the_widest_extrapolation(samples: int, late: int) -> None:
    """One side reaches beyond both of its ends by just under 1.1 distances, and the other one not at all."""
    spacing = 100_000_000
    beyond = spacing * 11 // 10 - 1
    window = (samples - 1) * spacing + 2 * beyond
    at = 10 * window + window // 2 * np.arange(5, dtype=np.int64)
    end = int(at[3])
    clock = end - beyond - spacing * np.arange(samples, dtype=np.int64)[::-1]
    wide = (clock + np.where(np.arange(samples) == 1, late, 0), 1e9 + np.cumsum(np.full(samples, 1000.0)))
    narrow = (np.array([end - window + 1, end]), np.array([1e9, 2e9]))
    raised = (samples - 1) * 1e-6 * (1 + 2.2 / (samples - 1))
    for bad, total, expected in ((wide, narrow, raised), (narrow, wide, 1 / raised)):
        case = Case([bad], [total], at, [window])
        ratio = float(case.ratios(PROM_3_5)[0, 3])
        assert ratio == pytest.approx(expected, rel=1e-7)
        case.assert_decided([(0, each) for each in (np.nextafter(ratio, 0), ratio, np.nextafter(ratio, np.inf))])


def test_a_reset_hides_no_events() -> None:
    clock = MINUTE * np.arange(600, dtype=np.int64)
    bad, total = np.zeros(600), np.cumsum(np.full(600, 1000.0))
    bad[300:] += 50
    bad[301:] -= 50
    at = clock + 1
    case = Case([(clock, bad)], [(clock, total)], at, [5 * MINUTE, 300 * MINUTE])
    thresholds = [(window, float(row[310 if window else 302])) for window, row in enumerate(case.ratios(PROM_3_5))]
    assert all(threshold > 0 for _, threshold in thresholds)
    case.assert_decided([(window, factor * each) for window, each in thresholds for factor in (0.5, 1, 1.5)])


@pytest.mark.parametrize("minutes", [1, 7, 9])
def test_every_counter_of_a_side_counts(minutes: int) -> None:
    """The one with fewest samples is extrapolated furthest, the one that was read first is not the only one."""
    noise = np.random.default_rng(minutes)
    dense = MINUTE * np.arange(600, dtype=np.int64)
    clocks = (dense, dense[::minutes])
    bad = [
        (clock, np.cumsum(noise.poisson(rate, len(clock)) + 0.0))
        for clock, rate in zip(clocks, (0.1, 30.0), strict=True)
    ]
    total = [(dense, np.cumsum(noise.poisson(rate, 600) + 0.0)) for rate in (90.0, 9.0)]
    case = Case(bad, total, dense + 5, [20 * MINUTE, 60 * MINUTE])
    chosen = [(window, np.unique(row[np.isfinite(row)])[::5]) for window, row in enumerate(case.ratios(PROM_3_5))]
    case.assert_decided([(window, float(ratio)) for window, ratios in chosen for ratio in ratios])
