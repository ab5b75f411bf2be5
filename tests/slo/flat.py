"""Flat traffic with one incident: a hundred events a second, a share of them bad for a while, from time 0 on."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from slo.alerts import replay
from slo.alerts.batch import STATUSES
from slo.condition import All, Burning, Condition
from slo.duration import Duration
from slo.readings import Readings
from slo.samples import Track
from slo.selector import Selector
from slo.sli import Counted, Events
from slo.vector import Grid
from slo.verdict import holding
from slo.window import Direct
from tests.integration.telemetry import Held

EVENTS = 0.1
"""A millisecond."""
TOTAL, BAD = Selector("events_total"), Selector("bad_events_total")


@dataclass(frozen=True, slots=True)
class Incident:
    """The share `errors` of events is bad from time 0 on, for `length` ms; scrapes and evaluations are `step` apart."""

    objective: Decimal
    errors: Decimal
    length: int
    step: int = 1_000

    def burning(self, factor: Decimal, *windows: Duration) -> Condition:
        """The budget burns faster than `factor` in each of the windows."""
        sli = Events((TOTAL,), Counted((BAD,)), (), self.objective)
        return All(tuple(Burning(sli, Direct(window), factor) for window in windows))

    def samples(self, before: int, after: int) -> Held:
        """Both counters from `before` ms before the incident begins until `after` ms after that."""
        clock = np.arange(-before // self.step * self.step, after + self.step, self.step, dtype=np.int64)
        total = EVENTS * clock.astype(np.float64)
        bad = float(self.errors) * total.clip(0, EVENTS * self.length)
        return Held((track("events_total", clock, total), track("bad_events_total", clock, bad)))

    def changes(self, condition: Condition, before: Duration, after: Duration) -> list[tuple[int, str]]:
        """When an alert changes, in ms from the beginning of the incident until `after` its end, and to what status.

        `before` is how far it looks back: there was no incident in that time.
        """
        end = (self.length + after.ms) // self.step * self.step
        grid = Grid(end, self.step, end // self.step + 1)
        readings = Readings(self.samples(before.ms + self.step, end), Duration(self.step))
        found = replay(holding(condition, readings, grid).present, grid.times, 0).transitions
        return [
            (int(grid.times[time]), STATUSES[status]) for time, status in zip(found.time, found.status, strict=True)
        ]


def track(metric: str, clock: NDArray[np.int64], values: NDArray[np.float64]) -> Track:
    """A counter that begins at zero."""
    return Track(metric, (), clock, values - values[0])
