"""How far an evaluation looks back."""

from collections.abc import Iterable

from emberline.evaluation.ledger import Ledger
from emberline.sources.demand import Demand
from native.ranges import PROM_3_5, Profile
from slo.duration import Duration
from slo.horizon import replayed, reviewed, watched
from slo.plan import Plan
from slo.sli import Events
from slo.vector import Grid
from slo.window import Composed, Window


def reach(plans: Iterable[Plan]) -> Duration:
    """How far before an evaluation samples are needed, at most."""
    return Duration(-demand(plans, 0).start)


def demand(plans: Iterable[Plan], at: int, profile: Profile = PROM_3_5) -> Demand:
    """Everything that an evaluation of the plans at `at` (ms since the epoch) reads."""
    ledger = Ledger(profile)
    for plan in plans:
        for window in plan.windows:
            ledger.ratio(plan.sli, window, over(plan, window, at))
        if isinstance(plan.sli, Events):
            ledger.ratio(plan.sli, slots(plan), reviewed(plan, at))
        for alert in plan.all:
            ledger.condition(alert.condition, watched(plan, alert, at))
    return ledger.demand(at)


def over(plan: Plan, window: Window, at: int) -> Grid:
    """The evaluations at which a window of a plan is looked at, the last one at `at`."""
    return reviewed(plan, at) if window == plan.period else replayed(plan, at)


def slots(plan: Plan) -> Composed:
    """The period of counted events evaluation by evaluation: what coverage is a share of."""
    period = plan.period
    return period if isinstance(period, Composed) else Composed(period.length, plan.windows[0].length)
