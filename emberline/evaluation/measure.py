"""What a plan of counted events measures at one time, for each of its instances."""

import math
from collections.abc import Iterator

from emberline.evaluation.horizon import replayed, slots
from emberline.evaluation.result import AlertState, Result, Verdict, WindowBurn
from slo.alerts import INACTIVE, replay
from slo.budget import remaining
from slo.plan import Alert, Plan
from slo.readings import Readings
from slo.selector import Labels
from slo.sli import Events
from slo.vector import Grid
from slo.verdict import holding

_Instances = tuple[Labels, ...]


def measure(plan: Plan, sli: Events, readings: Readings, at: int) -> Iterator[Result]:
    """One result for each instance that is present in some window at `at`, in the order of their labels."""
    now = Grid(at, plan.interval.ms)
    burns = [readings.burn(sli, window, now) for window in plan.windows]
    instances = tuple(sorted({labels for burn in burns for labels in burn.total.shown()}))
    ratios = [burn.error_ratio.latest(instances) for burn in burns]
    rates = [burn.rate(sli.budget).latest(instances) for burn in burns]
    left = remaining(burns[-1].error_ratio, sli.budget).latest(instances)
    covered = [share or 0.0 for share in readings.coverage(sli, slots(plan), now).latest(instances)]
    alerts = [_states(alert, readings, replayed(plan, at), instances) for alert in plan.alerts]
    for row, labels in enumerate(instances):
        read = zip(plan.windows, ratios, rates, strict=True)
        windows = tuple(WindowBurn(window, ratio[row], rate[row]) for window, ratio, rate in read)
        states = tuple(alert[row] for alert in alerts)
        verdict = _verdict(left[row], covered[row], plan)
        yield Result(plan, labels, *verdict, windows, left[row], covered[row], states)


def _states(alert: Alert, readings: Readings, grid: Grid, instances: _Instances) -> list[AlertState]:
    found = holding(alert.condition, readings, grid)
    if found is None:
        return [AlertState(alert, "not evaluated yet")] * len(instances)
    final = replay(found.present, grid.times, alert.hold.ms).final
    known = {labels: final[row] for row, labels in enumerate(found.instances)}
    states = (known.get(labels, INACTIVE) for labels in instances)
    return [AlertState(alert, state.status, state.active_since) for state in states]


def _verdict(left: float | None, covered: float, plan: Plan) -> tuple[Verdict, str]:
    if left is None:
        sparse = f"no series has two samples within {slots(plan).of}"
        return "no data", "bad events cannot be told" if covered else sparse
    if math.isnan(left):
        return "no data", f"no events in {plan.period.length}"
    return ("met" if left >= 0 else "not met"), ""
