"""Flat traffic with one incident: 1,000 events every ten seconds, a share of them bad for a while."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from slo.condition import All, Burning
from slo.duration import Duration
from slo.readings import Readings
from slo.samples import Track
from slo.selector import Selector
from slo.sli import Counted, Events
from slo.vector import Grid
from slo.verdict import holding
from slo.window import Direct
from tests.integration.telemetry import Held

STEP = 10_000
EVENTS = 1_000
TOTAL, BAD = Selector("events_total"), Selector("bad_events_total")


@dataclass(frozen=True, slots=True)
class Incident:
    """The share `errors` of events is bad from time 0 on, for `length` ms."""

    objective: Decimal
    errors: Decimal
    length: int

    @property
    def sli(self) -> Events:
        """What is measured."""
        return Events((TOTAL,), Counted((BAD,)), (), self.objective)

    def samples(self, before: int, after: int) -> Held:
        """Both counters from `before` ms before the incident begins until `after` ms after that."""
        clock = np.arange(-before, after + STEP, STEP, dtype=np.int64)
        burning = (clock > 0) & (clock <= self.length)
        bad = np.cumsum(np.where(burning, float(self.errors) * EVENTS, 0.0))
        total = EVENTS * np.arange(1, len(clock) + 1, dtype=np.float64)
        return Held((Track("events_total", (), clock, total), Track("bad_events_total", (), clock, bad)))

    def holds(self, factor: Decimal, long: Duration, short: Duration, around: int) -> list[int]:
        """The evaluations within two minutes of `around` (ms after the beginning) at which the pair holds."""
        parts = tuple(Burning(self.sli, Direct(window), factor) for window in (long, short))
        grid = Grid(around // STEP * STEP + 120_000, STEP, 25)
        samples = self.samples(long.ms + STEP, grid.end)
        found = holding(All(parts), Readings(samples, Duration(STEP)), grid)
        return [int(at) for at in grid.times[found.present.any(axis=0)]]
