"""Every SLO at one time: a reading of its Plan over samples."""

from collections.abc import Iterable

from emberline.evaluation.measure import measure
from emberline.evaluation.replayed import Replayed
from emberline.evaluation.result import AlertState, Result
from native.ranges import PROM_3_5, Profile
from slo.duration import Duration
from slo.period import Period
from slo.plan import Plan
from slo.readings import Readings
from slo.samples import Samples, Unevaluated


def evaluate_all(plans: Iterable[Plan], samples: Samples, at: int, profile: Profile = PROM_3_5) -> tuple[Result, ...]:
    """One result for every instance of every plan at `at` (ms since the epoch), a plan without instances once.

    Rules are taken as evaluated at `at` and every interval before it. Samples must hold what `demand` says, or reach
    back as far as `reach`; nothing is kept from one call to the next.
    """
    readings: dict[Duration, Readings] = {}
    found: list[Result] = []
    for plan in plans:
        reading = readings.setdefault(plan.interval, Readings(samples, plan.interval, profile))
        try:
            alerts = [Replayed.of(plan, alert, reading, at) for alert in plan.all]
            found += measure(plan, reading, at, alerts)
        except Unevaluated:
            found.append(unevaluated(plan, at))
    return tuple(found)


def unevaluated(plan: Plan, at: int) -> Result:
    """The result at `at` of a row whose expression nothing evaluates."""
    alerts = tuple(AlertState(alert, "needs a Prometheus") for alert in plan.all)
    note = "its expression can only be evaluated there"
    return Result(plan, (), "needs a Prometheus", note, (), None, None, alerts, Period.of(plan.slo, at))
