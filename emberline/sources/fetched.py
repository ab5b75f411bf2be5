"""Samples as they were fetched, piece by piece, and as the engine reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emberline.sources.matrix import Series
from slo.samples import Track
from slo.selector import Labels, Selector, labels_of


@dataclass(frozen=True, slots=True)
class Fetched:
    """The tracks of the selectors that were fetched, and of no others; implements `slo.samples.Samples`."""

    tracks: Mapping[Selector, tuple[Track, ...]]

    def select(self, selector: Selector) -> tuple[Track, ...]:
        """Every series that the selector picks; KeyError for one that was not fetched."""
        return self.tracks[selector]


class Pieces:
    """The series of one metric, fetched from the newest piece to the oldest."""

    def __init__(self, metric: str) -> None:
        self.samples = 0
        self._metric = metric
        self._pieces: dict[Labels, list[Series]] = {}

    def add(self, series: Series) -> None:
        """Take a piece that ends where the last one of this series begins, or earlier."""
        self._pieces.setdefault(labels_of(series.labels), []).append(series)
        self.samples += len(series.timestamps)

    def tracks(self) -> tuple[Track, ...]:
        """The series whole, in the order of a Prometheus: by label name and value, the metric's name among them."""
        found = (self._track(labels, pieces) for labels, pieces in self._pieces.items())
        return tuple(sorted(found, key=lambda track: sorted((*track.labels, ("__name__", track.metric)))))

    def _track(self, labels: Labels, pieces: list[Series]) -> Track:
        timestamps = np.concatenate([piece.timestamps for piece in reversed(pieces)])
        values = np.concatenate([piece.values for piece in reversed(pieces)])
        return Track(self._metric, labels, timestamps, values)
