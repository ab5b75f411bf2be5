"""What native.ranges and the core above it say of a population, in the shape of Prometheus' answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from native import ranges
from native.ranges import Profile, Series
from slo.burn import Burn
from slo.duration import Duration
from slo.instant import LOOKBACK, RawSamples
from slo.readings import Readings
from slo.samples import Rows, Track
from slo.selector import Labels, Selector
from slo.sli import Events, Slices
from slo.vector import Grid, Vector
from slo.window import Composed, Direct
from tests.integration.exact.population import Population

Found = tuple[NDArray[np.float64], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Kernel:
    """The range functions; a test puts wrong ones here."""

    increase: Callable[..., Found] = ranges.increase
    rate: Callable[..., Found] = ranges.rate
    over_time: Callable[..., Found] = ranges.over_time
    latest: Callable[..., Found] = ranges.latest
    aggregate: Callable[..., Found] = ranges.aggregate
    sum_over_time: Callable[..., Found] = ranges.sum_over_time


@dataclass(frozen=True, slots=True, eq=False)
class Held(RawSamples):
    """The tracks in memory, in the order in which a server that has just received them selects them."""

    tracks: Mapping[str, Sequence[Track]]

    @classmethod
    def of(cls, population: Population, profile: Profile) -> "Held":
        """By labels before 3.0, and since then as they came."""
        ordered = {
            metric: sorted(tracks, key=lambda track: track.labels) if profile.closed else tracks
            for metric, tracks in population.tracks.items()
        }
        return cls(ordered)

    def select(self, selector: Selector) -> Sequence[Track]:
        tracks = self.tracks[selector.metric]
        if not selector.conditions:
            return tracks
        return [track for track in tracks if selector.matches(track.metric, dict(track.labels))]


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """Evaluates a population as a profile does."""

    held: Held
    grid: Grid
    profile: Profile
    kernel: Kernel = field(default_factory=Kernel)

    def increase(self, metric: str, window: int) -> Rows:
        return self._ranged(self.kernel.increase, metric, window)

    def rate(self, metric: str, window: int) -> Rows:
        return self._ranged(self.kernel.rate, metric, window)

    def over_time(self, function: str, metric: str, window: int) -> Rows:
        return self._ranged(lambda *given: self.kernel.over_time(function, *given), metric, window)

    def latest(self, metric: str) -> Rows:
        tracks = self.held.tracks[metric]
        return Rows(_labels(tracks), *self.kernel.latest(_series(tracks), self.grid.times, LOOKBACK.ms, self.profile))

    def by_case(self, function: str, rows: Rows) -> Rows:
        """The rows of each case as one; they stand one after the other."""
        cases, sizes = zip(*((case, len(list(own))) for case, own in groupby(map(_case, rows.labels))), strict=True)
        groups = np.cumsum([0, *sizes], dtype=np.int64)
        found = self.kernel.aggregate(function, rows.values, rows.present, groups, self.profile)
        return Rows(cases, *found)

    def recorded(self, metric: str, window: int, over: int, interval: int) -> Rows:
        """`sum_over_time` of what rules would have recorded every `interval`."""
        slots = self.grid.before(over, interval, closed=self.profile.closed)
        stride = self.grid.step // interval
        points = Engine(self.held, slots, self.profile, self.kernel)
        rows = points.by_case("sum", points.increase(metric, window))
        length = slots.count - (self.grid.count - 1) * stride
        return Rows(rows.labels, *self.kernel.sum_over_time(rows.values, rows.present, length, stride))

    def burn(self, sli: Events, window: int, over: int = 0) -> Burn:
        """Bad and total events as the core counts them; recorded ones over `over` where that is given."""
        readings = Readings(self.held, Duration(15_000), self.profile)
        direct = Duration(window)
        return readings.burn(sli, Composed(Duration(over), direct) if over else Direct(direct), self.grid)

    def verdict(self, sli: Slices) -> Rows:
        return rows(Readings(self.held, Duration(self.grid.step), self.profile).slices.verdict(sli, self.grid))

    def _ranged(self, function: Callable[..., Found], metric: str, window: int) -> Rows:
        tracks = self.held.tracks[metric]
        values, present = function(_series(tracks), self.grid.times, np.array([window]), self.profile)
        return Rows(_labels(tracks), values[0], present[0])


def rows(vector: Vector) -> Rows:
    """A vector as rows."""
    return Rows(vector.instances, vector.values, vector.present)


def _series(tracks: Sequence[Track]) -> Series:
    return Series.of((track.timestamps, track.values) for track in tracks)


def _labels(tracks: Sequence[Track]) -> tuple[Labels, ...]:
    return tuple(track.labels for track in tracks)


def _case(labels: Labels) -> Labels:
    return tuple(pair for pair in labels if pair[0] == "case")
