"""How far back alerts are replayed where their states are worked out from samples alone."""

from typing import Final

from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.vector import Grid

REPLAYED: Final = Duration.parse("6h")
"""How long alerts are replayed beyond their longest `hold`: an older `active_at` is told as the first replayed."""
REVIEWED: Final = Duration.parse("30m")
"""How long the budget of a period is: so much more than a period is held everywhere, and months are dear to sum."""


def watched(plan: Plan, alert: Alert, at: int) -> Grid:
    """The evaluations over which an alert of a plan is replayed, the last one at `at`."""
    return reviewed(plan, at) if alert.kind == "exhausted" else replayed(plan, at)


def replayed(plan: Plan, at: int) -> Grid:
    """The evaluations over which alerts on windows within the period are replayed, and missing data."""
    longest = max((alert.hold.ms for alert in plan.all), default=0)
    return Grid(at, plan.interval.ms, 1 + (longest + REPLAYED.ms) // plan.interval.ms)


def reviewed(plan: Plan, at: int) -> Grid:
    """The evaluations at which the period is looked at."""
    return Grid(at, plan.interval.ms, 1 + REVIEWED.ms // plan.interval.ms)
