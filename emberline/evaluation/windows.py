"""What the windows of a plan hold at one time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from emberline.evaluation.horizon import Looked
from emberline.evaluation.result import WindowBurn
from slo.burn import Burn, burn_rate
from slo.plan import Plan
from slo.readings import Readings
from slo.selector import Labels
from slo.sli import Events
from slo.vector import Vector
from slo.window import Window


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Error ratios and burn rates of every window; bad and total where it counts events, else none."""

    events: Mapping[Window, Burn]
    ratios: Mapping[Window, Vector]
    rates: Mapping[Window, Vector]

    @classmethod
    def of(cls, plan: Plan, readings: Readings, at: int, over: Looked) -> Self:
        """The windows of a plan at `at`; Unevaluated for an expression where nothing evaluates PromQL."""
        sli = plan.sli
        # The period first: what shorter windows read is the end of what it reads.
        grids = {window: over(plan, window, at) for window in reversed(plan.windows)}
        if isinstance(sli, Events):
            events = {window: readings.burn(sli, window, grid).last(1) for window, grid in grids.items()}
            ratios = {window: burn.error_ratio for window, burn in events.items()}
        else:
            events = {}
            ratios = {window: readings.error_ratio(sli, window, grid).last(1) for window, grid in grids.items()}
        return cls(events, ratios, {window: burn_rate(ratio, sli.budget) for window, ratio in ratios.items()})

    @property
    def shown(self) -> frozenset[Labels]:
        """The instances of which anything was counted over some window: events too of which bad ones are not told."""
        totals = (burn.total for burn in self.events.values())
        return frozenset(labels for each in (*totals, *self.ratios.values()) for labels in each.shown())

    def told(self, plan: Plan, instances: tuple[Labels, ...]) -> list[tuple[WindowBurn, ...]]:
        """The windows of each instance, in the order of the plan."""
        columns = (_told(window, self.ratios[window], self.rates[window], instances) for window in plan.windows)
        return list(zip(*columns, strict=True))


def _told(window: Window, ratio: Vector, rate: Vector, instances: tuple[Labels, ...]) -> list[WindowBurn]:
    pairs = zip(ratio.latest(instances), rate.latest(instances), strict=True)
    return [WindowBurn(window, *pair) for pair in pairs]
