"""A history in memory whose moving windows are worked out anew each time: the slow twin of the store's."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile, Series, twin
from slo.instant import RawSamples
from slo.samples import Track
from slo.selector import Labels, Selector


@dataclass
class Kept(RawSamples):
    """Tracks, of which more may come or go."""

    tracks: list[Track]
    version: int = 0
    shortened_to: int | None = None
    asked: list[Selector] = field(default_factory=list)

    def select(self, selector: Selector) -> Sequence[Track]:
        return [self.tracks[number] for number, _ in self.numbers(selector)]

    def arrivals(self) -> int | None:
        return None

    def numbers(self, selector: Selector) -> Sequence[tuple[int, Labels]]:
        self.asked.append(selector)
        picked = (
            (number, track.labels)
            for number, track in enumerate(self.tracks)
            if selector.matches(track.metric, dict(track.labels))
        )
        return sorted(picked, key=lambda pair: pair[1])

    def moving(
        self, series: NDArray[np.int64], offsets: NDArray[np.int64], lengths: NDArray[np.int64], profile: Profile
    ) -> "Moved":
        return Moved(self, series.tolist(), offsets.tolist(), lengths.tolist(), profile)


@dataclass
class Moved:
    """Windows over a history's tracks."""

    history: Kept
    series: list[int]
    offsets: list[int]
    lengths: list[int]
    profile: Profile

    def increase(self, at: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        tracks = (self.history.tracks[number] for number in self.series)
        series = Series.of((track.timestamps, track.values) for track in tracks)
        rows = [
            twin.increase(series, np.array([at - offset]), np.array([length]), self.profile)
            for offset, length in zip(self.offsets, self.lengths, strict=True)
        ]
        return np.stack([row[0][0, :, 0] for row in rows]), np.stack([row[1][0, :, 0] for row in rows])
