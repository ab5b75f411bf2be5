"""How far an evaluation looks back."""

from collections.abc import Iterable
from typing import Final

from slo.duration import Duration
from slo.plan import Plan
from slo.vector import Grid
from slo.window import Composed

REPLAYED: Final = Duration.parse("6h")
"""How long alerts are replayed beyond their longest `hold`: an older `active_at` is told as the first replayed."""


def reach(plans: Iterable[Plan]) -> Duration:
    """How far before an evaluation samples are needed, at most."""
    return Duration(max((_needed(plan) for plan in plans), default=0))


def replayed(plan: Plan, at: int) -> Grid:
    """The evaluations over which the alerts of a plan are replayed, the last one at `at`."""
    longest = max((alert.hold.ms for alert in plan.alerts), default=0)
    return Grid(at, plan.interval.ms, 1 + (longest + REPLAYED.ms) // plan.interval.ms)


def slots(plan: Plan) -> Composed:
    """The period of a plan evaluation by evaluation: what coverage is a share of."""
    period = plan.period
    return period if isinstance(period, Composed) else Composed(period.length, plan.windows[0].length)


def _needed(plan: Plan) -> int:
    grid = replayed(plan, 0)
    alerts = max((window.length.ms for window in plan.windows[:-1]), default=0) - int(grid.times[0])
    return max(alerts, plan.period.length.ms + slots(plan).of.ms)
