"""Series of raw samples side by side, and the instant vectors that they are worth."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

import numpy as np

from native.ranges import Profile, Series, latest
from slo.duration import Duration
from slo.samples import Rows, Track, Unevaluated
from slo.selector import Selector
from slo.vector import Grid, Vector

LOOKBACK: Final = Duration.parse("5m")
"""How long a sample stands for the present where no younger one follows: Prometheus' default."""


class RawSamples(ABC):
    """Raw samples as `slo.samples.Samples`: instant vectors are worked out, and nothing evaluates PromQL."""

    @abstractmethod
    def select(self, selector: Selector) -> Sequence[Track]:
        """Every series that the selector picks, in the order of their labels."""

    def instant(self, selector: Selector, grid: Grid, profile: Profile) -> Rows:
        """The instant vector of the selector at every time of a grid; stale markers end series in it."""
        return instant(self.select(selector), grid, profile)

    def evaluated(self, expression: str, grid: Grid) -> Vector:
        """Always Unevaluated."""
        del grid
        raise Unevaluated(expression)


def instant(tracks: Sequence[Track], grid: Grid, profile: Profile) -> Rows:
    """What each of the tracks is worth at every time of a grid."""
    held = packed(tracks, int(grid.times[0]) - LOOKBACK.ms, grid.end)
    return Rows(tuple(track.labels for track in tracks), *latest(held, grid.times, LOOKBACK.ms, profile))


def packed(tracks: Sequence[Track], start: int, end: int) -> Series:
    """The samples of the tracks from `start` to `end` (ms, both included)."""
    cuts = [slice(*np.searchsorted(track.timestamps, (start, end + 1)).tolist()) for track in tracks]
    return Series.of((track.timestamps[cut], track.values[cut]) for track, cut in zip(tracks, cuts, strict=True))
