"""What the engine reads: raw samples of the series that a selector picks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from slo.selector import Labels, Selector


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


class Samples(Protocol):
    """Raw samples, held or fetched beforehand for the time that an evaluation needs."""

    def select(self, selector: Selector) -> Sequence[Track]:
        """Every series that the selector picks, in the order of their labels."""
        ...
