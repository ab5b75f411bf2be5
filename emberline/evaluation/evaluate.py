"""Every SLO at one time: a reading of its Plan over raw samples."""

from collections.abc import Iterable

from emberline.evaluation.measure import measure
from emberline.evaluation.result import AlertState, Postponed, Result
from native.ranges import PROM_3_5, Profile
from slo.duration import Duration
from slo.plan import Plan
from slo.readings import Readings
from slo.samples import Samples
from slo.sli import Events, Expression


def evaluate_all(plans: Iterable[Plan], samples: Samples, at: int, profile: Profile = PROM_3_5) -> tuple[Result, ...]:
    """One result for every instance of every plan at `at` (ms since the epoch), a plan without instances once.

    Rules are taken as evaluated at `at` and every interval before it. Samples must reach back as far as `reach`
    says; nothing is kept from one call to the next.
    """
    readings: dict[Duration, Readings] = {}
    found: list[Result] = []
    for plan in plans:
        if isinstance(plan.sli, Events):
            reading = readings.setdefault(plan.interval, Readings(samples, plan.interval, profile))
            found += list(measure(plan, plan.sli, reading, at)) or [_silent(plan)]
        else:
            found.append(_unevaluated(plan))
    return tuple(found)


def _silent(plan: Plan) -> Result:
    alerts = tuple(AlertState(alert, "inactive") for alert in plan.alerts)
    return Result(plan, (), "no data", f"switch on {plan.slo.origin.enable}", (), None, None, alerts)


def _unevaluated(plan: Plan) -> Result:
    if isinstance(plan.sli, Expression):
        return _postponed(plan, "needs a Prometheus", "its expression can only be evaluated there")
    return _postponed(plan, "not evaluated yet", "it is measured in time slices")


def _postponed(plan: Plan, state: Postponed, note: str) -> Result:
    alerts = tuple(AlertState(alert, state) for alert in plan.alerts)
    return Result(plan, (), state, note, (), None, None, alerts)
