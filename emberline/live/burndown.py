"""How an error budget went down over its period.

With bad(t) the bad events, or slices, from the start of the period to t, and N all those of the period so far:

    left(t) = 1 - bad(t) / (budget * N)

It starts at 1, falls with every bad event by the same amount whenever it happened, and ends at what an evaluation calls
the remaining budget. Evaluations that corrections exclude count nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emberline.evaluation.charges import recorded_by
from native.ranges import PROM_3_5, Profile
from slo.plan import Plan
from slo.readings import Readings
from slo.samples import Samples
from slo.selector import Labels
from slo.sli import Expression

POINTS: Final = 180
"""What a curve is thinned out to, four hours apart in 30 days."""


@dataclass(frozen=True, slots=True, eq=False)
class BurnDown:
    """Times (ms since the epoch, ascending) and the share of the budget left at each: (time) int64 and float64."""

    times: NDArray[np.int64]
    left: NDArray[np.float64]


def burn_downs(
    plan: Plan, samples: Samples, at: int, profile: Profile = PROM_3_5, points: int = POINTS
) -> Mapping[Labels, BurnDown]:
    """The curve of each instance with events in the period that ends at `at`; none for an expression."""
    if isinstance(plan.sli, Expression):
        return {}
    grid, recorded, by = recorded_by(plan, plan.sli, Readings(samples, plan.interval, profile), at)
    if not grid.count:
        return {}
    counts = by < 0
    total = np.where(recorded.total.present & counts, recorded.total.values, 0.0).sum(axis=1)
    bad = recorded.bad.over(recorded.total.instances)
    spent = np.cumsum(np.where(bad.present & counts, bad.values, 0.0), axis=1)
    chosen = np.unique(np.linspace(0, grid.count - 1, min(points, grid.count)).round().astype(np.intp))
    allowed = total * float(plan.sli.budget)
    return {
        labels: BurnDown(grid.times[chosen], 1 - spent[row, chosen] / allowed[row])
        for row, labels in enumerate(recorded.total.instances)
        if allowed[row] > 0
    }
