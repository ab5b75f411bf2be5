"""Samples as they were fetched, piece by piece, and as the engine reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from emberline.sources.matrix import Series
from native.ranges import Profile
from slo.instant import cut
from slo.samples import Rows, Track
from slo.selector import Labels, Selector, labels_of, prometheus_order
from slo.vector import Grid, Vector


@dataclass(frozen=True, slots=True)
class Points:
    """Instant vectors at the times of a grid: tracks with a sample wherever there is a value."""

    grid: Grid
    tracks: tuple[Track, ...]

    def rows(self, grid: Grid) -> Rows:
        """The same at some of the times; LookupError for times that were not asked for."""
        first, before = int(grid.times[0]), self.grid.end - grid.end
        if before % self.grid.step or before < 0 or first < self.grid.times[0] or grid.step != self.grid.step:
            raise LookupError("instant vectors at times that were not fetched")
        values = np.zeros((len(self.tracks), grid.count))
        present = np.zeros(values.shape, np.bool_)
        for row, track in enumerate(self.tracks):
            inside = slice(*np.searchsorted(track.timestamps, (first, grid.end + 1)).tolist())
            columns = (track.timestamps[inside] - first) // grid.step
            values[row, columns] = track.values[inside]
            present[row, columns] = True
        return Rows(tuple(track.labels for track in self.tracks), values, present)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched, and nothing else: LookupError for anything more; implements `slo.samples.Samples`.

    Instant vectors stand beside the step of their grid, by selector and by expression.
    """

    tracks: Mapping[Selector, tuple[Track, ...]]
    instants: Mapping[tuple[Selector, int], Points] = field(default_factory=dict)
    answers: Mapping[tuple[str, int], Points] = field(default_factory=dict)

    def select(self, selector: Selector) -> tuple[Track, ...]:
        """Every series that the selector picks."""
        return self.tracks[selector]

    def within(self, selector: Selector, start: int, end: int) -> tuple[Track, ...]:
        """The samples of those series from `start` to `end`."""
        return cut(self.select(selector), start, end)

    def instant(self, selector: Selector, grid: Grid, _profile: Profile) -> Rows:
        """The instant vectors of the selector, by the rules of the server."""
        return self.instants[selector, grid.step].rows(grid)

    def evaluated(self, expression: str, grid: Grid) -> Vector:
        """The expression as the server evaluated it."""
        rows = self.answers[expression, grid.step].rows(grid)
        order = sorted(range(len(rows.labels)), key=rows.labels.__getitem__)
        return Vector(tuple(rows.labels[row] for row in order), rows.values[order], rows.present[order])


class Pieces:
    """Series fetched from the newest piece to the oldest."""

    def __init__(self) -> None:
        self.samples = 0
        self._pieces: dict[Labels, list[Series]] = {}

    def add(self, found: Iterable[Series]) -> None:
        """Take the pieces that end where the last ones began, or earlier."""
        for series in found:
            self._pieces.setdefault(labels_of(series.labels), []).append(series)
            self.samples += len(series.timestamps)

    def tracks(self, metric: str) -> tuple[Track, ...]:
        """The series whole, in the order of a Prometheus."""
        found = (_track(metric, labels, pieces) for labels, pieces in self._pieces.items())
        return tuple(sorted(found, key=lambda track: prometheus_order(track.metric, track.labels)))


def _track(metric: str, labels: Labels, pieces: list[Series]) -> Track:
    timestamps = np.concatenate([piece.timestamps for piece in reversed(pieces)])
    values = np.concatenate([piece.values for piece in reversed(pieces)])
    return Track(metric, labels, timestamps, values)
