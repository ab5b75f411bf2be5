"""How an error budget went down over its period.

With bad(t) the bad events, or slices, from the start of the period to t, and N all those of the period so far:

    left(t) = 1 - bad(t) / (budget * N)

It starts at 1, falls with every bad event by the same amount whenever it happened, and ends at what an evaluation calls
the remaining budget. Evaluations that corrections exclude count nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emberline.evaluation.charges import recorded_by
from native.ranges import PROM_3_5, Profile
from slo.instant import RawSamples
from slo.plan import Plan
from slo.readings import Readings
from slo.samples import Samples, Track
from slo.selector import Labels, Matcher, Selector
from slo.sli import Events, Expression

POINTS: Final = 180
"""What a curve is thinned out to, four hours apart in 30 days."""


@dataclass(frozen=True, slots=True, eq=False)
class BurnDown:
    """Times (ms since the epoch, ascending) and the share of the budget left at each: (time) int64 and float64."""

    times: NDArray[np.int64]
    left: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Instance(RawSamples):
    """The samples of one instance: others are not unpacked, however many there are."""

    samples: Samples
    own: tuple[Matcher, ...]

    def select(self, selector: Selector) -> Sequence[Track]:
        """The series of the selector that are the instance's."""
        return self.samples.select(replace(selector, matchers=(*selector.matchers, *self.own)))


def burn_down(
    plan: Plan, labels: Labels, samples: Samples, at: int, profile: Profile = PROM_3_5, points: int = POINTS
) -> BurnDown | None:
    """The curve of an instance up to `at` (ms since the epoch); None without events, or for an expression.

    Slices are read for all instances: what gates one may be common to all.
    """
    if isinstance(plan.sli, Expression):
        return None
    if isinstance(plan.sli, Events):
        given = dict(labels)
        samples = _Instance(samples, tuple(Matcher(name, "=", given.get(name, "")) for name in plan.sli.by))
    grid, recorded, by_correction = recorded_by(plan, plan.sli, Readings(samples, plan.interval, profile), at)
    counts = by_correction < 0
    own = (labels,)
    total, bad = (side.over(own) for side in (recorded.total, recorded.bad))
    allowed = total.values[0][total.present[0] & counts].sum() * float(plan.sli.budget)
    if not allowed > 0:
        return None
    spent = np.cumsum(np.where(bad.present[0] & counts, bad.values[0], 0.0))
    chosen = np.unique(np.linspace(0, grid.count - 1, min(points, grid.count)).round().astype(np.intp))
    return BurnDown(grid.times[chosen], 1 - spent[chosen] / allowed)
