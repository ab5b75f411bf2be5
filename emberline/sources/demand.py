"""What an evaluation reads, known before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from slo.instant import LOOKBACK
from slo.selector import Selector
from slo.vector import Grid


@dataclass(frozen=True, slots=True)
class Demand:
    """Raw samples, instant vectors and values of expressions, up to and with the time `at` in ms since the epoch.

    `ranges` says of each selector from when on its samples are needed, that time excluded. `instants` and
    `expressions` hold each selector, and each text of PromQL, once for every step of its grids.
    """

    at: int
    ranges: Mapping[Selector, int] = field(default_factory=dict)
    instants: tuple[tuple[Selector, Grid], ...] = ()
    expressions: tuple[tuple[str, Grid], ...] = ()

    @property
    def start(self) -> int:
        """From when on raw samples are needed by one who has nothing else, that time excluded."""
        instants = (int(grid.times[0]) - LOOKBACK.ms for _, grid in self.instants)
        return min((*self.ranges.values(), *instants), default=self.at)
