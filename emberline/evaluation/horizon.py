"""How far an evaluation looks back."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from emberline.evaluation.ledger import Ledger
from emberline.sources.demand import Demand
from native.ranges import PROM_3_5, Profile
from slo.duration import Duration
from slo.horizon import replayed, reviewed, watched
from slo.period import Period
from slo.plan import Plan
from slo.sli import Expression
from slo.vector import Grid
from slo.window import Composed, Window

Looked: TypeAlias = Callable[[Plan, Window, int], Grid]
"""At which evaluations a window of a plan is looked at, the last one at the time that is measured."""


def reach(plans: Iterable[Plan]) -> Duration:
    """How far before an evaluation samples are needed, at most."""
    return Duration(-_ledger(plans, 0, PROM_3_5, longest).demand(0).start)


def demand(plans: Iterable[Plan], at: int, profile: Profile = PROM_3_5) -> Demand:
    """Everything that an evaluation of the plans at `at` (ms since the epoch) reads."""
    return _ledger(plans, at, profile, lambda plan: Period.of(plan.slo, at).elapsed).demand(at)


def _ledger(plans: Iterable[Plan], at: int, profile: Profile, elapsed: Callable[[Plan], Duration]) -> Ledger:
    ledger = Ledger(profile)
    for plan in plans:
        for window in plan.windows:
            ledger.ratio(plan.sli, window, over(plan, window, at))
        if not isinstance(plan.sli, Expression):
            ledger.ratio(plan.sli, slots(plan), reviewed(plan, at))
            ledger.ratio(plan.sli, replace(slots(plan), length=elapsed(plan)), Grid(at, plan.interval.ms))
        for alert in plan.all:
            ledger.condition(alert.condition, watched(plan, alert, at))
    return ledger


def longest(plan: Plan) -> Duration:
    """How long the period of a plan can be at most."""
    return plan.slo.calendar.longest if plan.slo.calendar else plan.slo.window


def over(plan: Plan, window: Window, at: int) -> Grid:
    """The evaluations at which a window of a plan is looked at, the last one at `at`."""
    return reviewed(plan, at) if window == plan.period else replayed(plan, at)


def slots(plan: Plan) -> Composed:
    """The period evaluation by evaluation: what coverage is a share of, and corrections exclude from."""
    period = plan.period
    return period if isinstance(period, Composed) else Composed(period.length, plan.windows[0].length)
