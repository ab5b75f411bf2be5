"""Windows over raw samples: direct ones, composed ones, and how much of them was measured."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from native.ranges import PROM_2_42
from slo.duration import Duration
from slo.increases import selection, summed_increase
from slo.readings import Readings
from slo.samples import Track
from slo.selector import Selector
from slo.sli import Counted, Events
from slo.vector import Grid
from slo.window import Composed, Direct
from tests.integration.telemetry import Held

MINUTE = Duration.parse("1m")
FIVE, TEN = Duration.parse("5m"), Duration.parse("10m")
CLOCK = 60_000 * np.arange(1, 61, dtype=np.int64)
SLI = Events((Selector("all"),), Counted((Selector("bad"),)), ("shop",), Decimal("0.9"))
OSLO, ROME = (("shop", "oslo"),), (("shop", "rome"),)


def track(metric: str, rate: float, shop: str, pod: str = "1", measured: slice = slice(None)) -> Track:
    values = 1000.0 + rate * np.arange(len(CLOCK), dtype=np.float64)
    return Track(metric, (("pod", pod), ("shop", shop)), CLOCK[measured], values[measured])


SAMPLES = Held((
    track("all", 60.0, "oslo"),
    track("all", 30.0, "oslo", pod="2"),
    track("all", 10.0, "rome", measured=slice(30, 45)),
    track("bad", 9.0, "oslo"),
))  # fmt: skip


def at(minute: int, count: int = 1, step: int = 1) -> Grid:
    return Grid(minute * 60_000, step * 60_000, count)


def test_series_are_summed_by_instance() -> None:
    burn = Readings(SAMPLES, MINUTE).burn(SLI, Direct(FIVE), at(40))
    assert burn.total.latest((OSLO, ROME)) == [450.0, 50.0]
    assert burn.bad.latest((OSLO, ROME)) == [45.0, 0.0]
    assert burn.error_ratio.latest((OSLO, ROME)) == [0.1, 0.0]
    assert burn.rate(Decimal("0.1")).latest((OSLO, ROME)) == [1.0, 0.0]


def test_series_that_went_are_absent() -> None:
    burn = Readings(SAMPLES, MINUTE).burn(SLI, Direct(FIVE), at(60))
    assert burn.total.latest((OSLO, ROME)) == [450.0, None]
    assert burn.bad.latest((OSLO, ROME)) == [45.0, None]


@pytest.mark.parametrize("grid", [at(50), at(50, 4), at(50, 3, 5)])
def test_composed_windows_sum_what_was_recorded(grid: Grid) -> None:
    readings = Readings(SAMPLES, MINUTE)
    composed = readings.burn(SLI, Composed(TEN, FIVE), grid)
    for column, when in enumerate(grid.times.tolist()):
        recorded = readings.burn(SLI, Direct(FIVE), Grid(when, 60_000, 10))
        for total, side in ((composed.total, recorded.total), (composed.bad, recorded.bad)):
            assert total.instances == side.instances
            assert total.values[:, column].tolist() == pytest.approx(side.values.sum(axis=1).tolist())
            assert total.present[:, column].tolist() == side.present.any(axis=1).tolist()


def test_coverage_is_the_share_of_evaluations_with_a_total() -> None:
    covered = Readings(SAMPLES, MINUTE).coverage(SLI, Composed(TEN, FIVE), at(50, 3, 10))
    # rome has samples from minute 31 to 45: two of them lie within five minutes from minute 32 to 48
    assert covered.instances == (OSLO, ROME)
    assert covered.values.tolist() == [[1.0, 1.0, 1.0], [0.0, 0.9, 0.8]]
    assert covered.present.tolist() == [[True, True, True], [False, True, True]]


def test_a_profile_is_obeyed() -> None:
    older = Readings(SAMPLES, MINUTE, PROM_2_42).burn(SLI, Direct(MINUTE), at(40))
    assert older.total.latest((OSLO,)) == [90.0]
    assert Readings(SAMPLES, MINUTE).burn(SLI, Direct(MINUTE), at(40)).total.latest((OSLO,)) == [None]


@dataclass(frozen=True)
class Counting(Held):
    """Samples that remember what they were asked for."""

    tracks: tuple[Track, ...] = SAMPLES.tracks
    asked: list[Selector] = field(default_factory=list)

    def select(self, selector: Selector) -> Sequence[Track]:
        self.asked.append(selector)
        return super().select(selector)


def test_each_selector_is_read_once() -> None:
    samples = Counting()
    readings = Readings(samples, MINUTE)
    for window, grid in ((Direct(FIVE), at(40)), (Direct(TEN), at(40, 9)), (Composed(TEN, FIVE), at(40))):
        readings.burn(SLI, window, grid)
    assert samples.asked == [Selector("all"), Selector("bad")]


def test_series_are_summed_by_instance_in_the_order_of_their_labels() -> None:
    names = [("oslo", "b"), ("rome", "a"), ("oslo", "a")]
    tracks = [track("all", float(place), city, pod=pod) for place, (city, pod) in enumerate(names)]
    found = selection(tracks, ("shop",))
    assert found.instances == ((("shop", "oslo"),), (("shop", "rome"),))
    assert found.groups.tolist() == [0, 2, 3]
    assert [values[1] - values[0] for _, values in found.series] == [0.0, 2.0, 1.0]


def test_instances_that_are_summed_block_by_block_are_those_that_are_summed_alone() -> None:
    tracks = [track("all", float(pod), f"{pod:03}") for pod in range(900)]
    grid = at(60, 5000)
    together = summed_increase(selection(tracks, ("shop",)), grid, FIVE.ms)
    assert together.values.size > 1 << 22
    for place in (0, 837, 838, 899):
        alone = summed_increase(selection(tracks[place : place + 1], ("shop",)), grid, FIVE.ms)
        assert np.array_equal(alone.values[0], together.values[place])
        assert np.array_equal(alone.present[0], together.present[place])


def test_many_series_are_summed() -> None:
    many = Held(tuple(track("all", float(pod), "oslo", pod=f"{pod:03}") for pod in range(100)))
    grid = at(60, 600)
    total = Readings(many, MINUTE).burn(SLI, Direct(FIVE), grid).total
    whole = total.values[0, -54:]
    assert whole.tolist() == pytest.approx([5 * sum(range(100))] * 54)
    assert all(before <= after for before, after in pairwise(total.present[0].tolist()))
