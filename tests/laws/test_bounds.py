"""Laws of what the fused path skips: bounds decide as the exact arithmetic does, to the last bit of a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from native.ranges import COUNTED, PROM_2_42, PROM_3_5, Profile, Program, Series, aggregate, fused, kernel, transitions
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
        sums = [aggregate("sum", row, here, groups, profile) for row, here in zip(raised, present, strict=True)]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.stack([np.where(here.all(axis=0), both[0] / both[1], np.nan) for both, here in sums])

    def program(self, thresholds: Sequence[tuple[int, float]]) -> Program:
        """An alert for each window and threshold, without a `for`: its transitions tell of every evaluation."""
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
            np.array([0, alerts]),
        )

    def assert_decided(self, thresholds: Sequence[tuple[int, float]], profile: Profile = PROM_3_5) -> None:
        """AssertionError where the kernel and the twin differ."""
        program = self.program(thresholds)
        found = transitions(self.series, program, self.at, profile)
        assert found.tolist() == fused.transitions(self.series, program, self.at, profile).tolist()


@st.composite
def clocks(draw: st.DrawFn) -> Integers:
    """Scrapes a minute apart or closer or wider, some lost one by one or for hours, some late."""
    noise = np.random.default_rng(draw(st.integers(0, 2**32)))
    spacing = draw(st.sampled_from([15_000, 45_000, MINUTE, MINUTE, MINUTE, 3 * MINUTE]))
    clock = int(noise.integers(0, 300)) * MINUTE + spacing * np.arange(int(noise.integers(1, 800)))
    if draw(st.integers(0, 3)) == 0:
        clock = clock + noise.integers(0, 9, len(clock))
    kept = noise.random(len(clock)) >= draw(st.sampled_from([0.0, 0.005, 0.1, 0.6]))
    for begin in noise.integers(0, len(clock), draw(st.integers(0, 2))):
        kept[begin : begin + int(noise.integers(2, 200))] = False
    return clock[kept]


@st.composite
def counted(draw: st.DrawFn, rate: float) -> Track:
    """Whole numbers but for a few, quiet for long and steep at times, with resets and stale markers."""
    clock = draw(clocks())
    noise = np.random.default_rng(draw(st.integers(0, 2**32)))
    risen = noise.poisson(rate, len(clock)).astype(np.float64)
    for begin in noise.integers(0, max(1, len(clock)), draw(st.integers(0, 2))):
        risen[begin : begin + int(noise.integers(1, 60))] *= draw(st.sampled_from([0, 3, 40]))
    values = draw(st.sampled_from([0.0, 1.0, 1e6])) + np.cumsum(risen)
    for place in noise.integers(0, max(1, len(clock)), draw(st.integers(0, 3)))[: len(clock)]:
        values[place:] -= values[place] - draw(st.sampled_from([0.0, 2.0]))
    odd = draw(st.sampled_from([None, None, None, None, STALE, np.nan, np.inf, -1.0, 0.1, 2.0**60]))
    if odd is not None:
        values[noise.random(len(clock)) < 0.01] = odd
    return clock, values


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Sides of one to three counters, on clocks of their own or on one, and evaluations among and after them."""
    rates = draw(st.sampled_from([(0.01, 1.0), (0.02, 100.0), (0.5, 3.0), (10.0, 10.0), (0.0, 1.0)]))
    bad, total = ([draw(counted(rate)) for _ in range(draw(st.integers(1, 3)))] for rate in rates)
    if draw(st.booleans()):
        bad, total = bad[:1], total[:1]
        common = min(len(bad[0][0]), len(total[0][0]))
        bad, total = [(total[0][0][:common], bad[0][1][:common])], [(total[0][0], total[0][1])]
    step = draw(st.sampled_from([MINUTE, MINUTE, 2 * MINUTE, 30_000]))
    begin = draw(st.integers(0, 400)) * MINUTE + draw(st.sampled_from([0, 1, 7_213]))
    at = begin + step * np.arange(draw(st.integers(1, 700)), dtype=np.int64)
    lengths = st.sampled_from([1, 2, 5, 12, 30, 33, 60, 250, 600, 2000]).map(lambda minutes: minutes * MINUTE)
    windows = draw(st.lists(lengths | st.integers(1, 500 * MINUTE), min_size=1, max_size=2))
    return Case(bad, total, at, windows)


@settings(max_examples=150, deadline=None)
@given(cases(), st.sampled_from(PROFILES), st.data())
def test_thresholds_next_to_a_ratio(case: Case, profile: Profile, data: st.DataObject) -> None:
    thresholds = []
    for window, row in enumerate(case.ratios(profile)):
        known = np.unique(row[np.isfinite(row)])
        chosen = data.draw(st.lists(st.integers(0, max(0, len(known) - 1)), max_size=3)) if len(known) else []
        for ratio in (0.0, 1e-3, *known[chosen].tolist()):
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
