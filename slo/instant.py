"""Series of raw samples side by side, and the instant vectors that they are worth."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
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

    def within(self, selector: Selector, start: int, end: int) -> Sequence[Track]:
        """The samples of those series from `start` to `end`, in ms, both included."""
        return cut(self.select(selector), start, end)

    def instant(self, selector: Selector, grid: Grid, profile: Profile) -> Rows:
        """The instant vector of the selector at every time of a grid; stale markers end series in it."""
        times = grid.times
        tracks = self.within(selector, int(times[0]) - LOOKBACK.ms, grid.end)
        return Rows(tuple(track.labels for track in tracks), *latest(packed(tracks), times, LOOKBACK.ms, profile))

    def evaluated(self, expression: str, grid: Grid) -> Vector:
        """Always Unevaluated."""
        del grid
        raise Unevaluated(expression)


def packed(tracks: Iterable[Track]) -> Series:
    """The samples of the tracks, one series after the other."""
    return Series.of((track.timestamps, track.values) for track in tracks)


def cut(tracks: Iterable[Track], start: int, end: int) -> tuple[Track, ...]:
    """The samples of the tracks from `start` to `end`, in ms, both included; nothing is copied."""
    cuts = ((track, slice(*np.searchsorted(track.timestamps, (start, end + 1)).tolist())) for track in tracks)
    return tuple(replace(track, timestamps=track.timestamps[own], values=track.values[own]) for track, own in cuts)
