"""What one live evaluation found."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native.ranges.algebra import Column, error_ratio
from slo.alerts import Batch
from slo.program import Compiled


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Bad and total events as (window, ratio), and the states of alerts, at `at` in ms since the epoch.

    Windows, ratios and alerts are in the order of `compiled`. `measured` counts, as (window, ratio), the evaluations
    in a composed window that found events counted; it is 0 for the others.
    """

    at: int
    compiled: Compiled
    bad: Column
    total: Column
    measured: NDArray[np.int64]
    states: Batch

    @property
    def error_ratio(self) -> Column:
        """`bad / total`: present where both are, NaN without events."""
        return error_ratio(self.bad, self.total)
