"""What the engine reads: raw samples of series, and what a series is worth at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile
from slo.selector import Labels, Selector
from slo.vector import Flags, Floats, Grid, Vector


class Unevaluated(Exception):
    """An expression where nothing evaluates PromQL."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The samples of one series: timestamps in ms since the epoch, strictly ascending, beside float64 values.

    `labels` hold no metric name. A stale marker is the NaN that Prometheus writes (bits 0x7ff0000000000002);
    any other NaN is a value.
    """

    metric: str
    labels: Labels
    timestamps: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """One row for each series of a selector, in the order of a Prometheus: (series, time) float64 beside presence.

    `labels` hold no metric name; the value is 0 where nothing is present.
    """

    labels: tuple[Labels, ...]
    values: Floats
    present: Flags


class Selecting(Protocol):
    """Raw samples, held or fetched beforehand for the time that a reader needs."""

    def select(self, selector: Selector) -> Sequence[Track]:
        """Every series that the selector picks, in the order of their labels."""
        ...


class Samples(Selecting, Protocol):
    """Everything that an evaluation reads."""

    def within(self, selector: Selector, start: int, end: int) -> Sequence[Track]:
        """What `select` has of the time from `start` to `end`, in ms, both included.

        A series without samples in it may be left out.
        """
        ...

    def instant(self, selector: Selector, grid: Grid, profile: Profile) -> Rows:
        """The selector itself, as an instant vector at every time of a grid.

        The profile says how far back a sample may lie; a server knows that by itself.
        """
        ...

    def evaluated(self, expression: str, grid: Grid) -> Vector:
        """A PromQL expression at every time of a grid; Unevaluated where nothing evaluates PromQL."""
        ...
