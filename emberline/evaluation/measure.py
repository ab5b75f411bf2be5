"""What a plan measures at one time, for each of its instances."""

import math
from collections.abc import Sequence

from emberline.evaluation.charges import Charges
from emberline.evaluation.horizon import Looked, over, slots
from emberline.evaluation.replayed import Replayed
from emberline.evaluation.result import Result, Verdict
from emberline.evaluation.traffic import minimum_traffic, more_than_all
from emberline.evaluation.windows import Windows
from slo.budget import remaining
from slo.burning import pairs_of
from slo.plan import Plan
from slo.readings import Readings
from slo.sli import Events, Expression, Slices


def measure(
    plan: Plan, readings: Readings, at: int, alerts: Sequence[Replayed], over: Looked = over
) -> tuple[Result, ...]:
    """One result for each instance that some window shows at `at`, or that one of the `alerts` is active for.

    They come in the order of their labels; without any there is one for the row. Unevaluated for an expression where
    nothing evaluates PromQL.
    """
    windows = Windows.of(plan, readings, at, over)
    charges = Charges.of(plan, readings, at, over(plan, plan.period, at))
    active = (labels for each in alerts if not each.about_the_row for labels in each.active)
    instances = tuple(sorted(windows.shown.union(charges.error_ratio.shown(), active)))
    if not instances:
        return (_silent(plan, alerts, charges),)
    left = remaining(charges.error_ratio, plan.sli.budget)
    pace = windows.rates[pairs_of(plan, "page")[0][-1].window]
    excessive = more_than_all(windows.events)
    columns = zip(
        instances,
        windows.told(plan, instances),
        left.latest(instances),
        charges.covered(instances),
        charges.lasting(left, pace).latest(instances),
        charges.corrections(instances),
        minimum_traffic(plan, windows.events, instances),
        strict=True,
    )
    return tuple(
        Result(
            plan,
            labels,
            *_verdict(plan, share, covered, charges),
            burns,
            share,
            covered,
            tuple(each.state(labels) for each in alerts),
            charges.period,
            lasting,
            corrections,
            traffic,
            labels in excessive,
        )
        for labels, burns, share, covered, lasting, corrections, traffic in columns
    )


def _silent(plan: Plan, alerts: Sequence[Replayed], charges: Charges) -> Result:
    missing = any(each.about_the_row and each.active for each in alerts)
    note = f"switch on {plan.slo.origin.enable}" if missing else _verdict(plan, None, None, charges)[1]
    states = tuple(each.state(()) for each in alerts)
    return Result(plan, (), "no data", note, (), None, None, states, charges.period)


def _verdict(plan: Plan, left: float | None, covered: float | None, charges: Charges) -> tuple[Verdict, str]:
    if charges.void:
        return "no data", "corrections exclude all of its period"
    if left is not None and math.isnan(left):
        return "no data", f"no events in {plan.period.length}"
    if left is not None:
        return ("met" if left >= 0 else "not met"), ""
    match plan.sli:
        case Events():
            sparse = f"no series has two samples within {slots(plan).of}"
            return "no data", "bad events cannot be told" if covered else sparse
        case Slices():
            return "no data", f"no slice could be measured in {plan.period.length}"
        case Expression():
            return "no data", f"its expression yields nothing over {plan.period.length}"
