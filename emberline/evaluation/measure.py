"""What a plan measures at one time, for each of its instances."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from emberline.evaluation.horizon import over, slots
from emberline.evaluation.replayed import Replayed
from emberline.evaluation.result import Result, Verdict, WindowBurn
from slo.budget import remaining
from slo.burn import burn_rate
from slo.plan import Plan
from slo.readings import Readings
from slo.selector import Labels
from slo.sli import Events, Expression, Slices
from slo.vector import Grid
from slo.window import Window

Looked: TypeAlias = Callable[[Plan, Window, int], Grid]
"""At which evaluations a window of a plan is looked at, the last one at the time that is measured."""

_Instances = tuple[Labels, ...]


def measure(
    plan: Plan, readings: Readings, at: int, alerts: Sequence[Replayed], over: Looked = over
) -> tuple[Result, ...]:
    """One result for each instance that some window shows at `at`, or that one of the `alerts` is active for.

    They come in the order of their labels; without any there is one for the row. Unevaluated for an expression where
    nothing evaluates PromQL.
    """
    # The period first: what shorter windows read is the end of what it reads.
    grids = [(window, over(plan, window, at)) for window in reversed(plan.windows)]
    ratios = {window: readings.error_ratio(plan.sli, window, grid) for window, grid in grids}
    active = {labels for each in alerts if not each.about_the_row for labels in each.active}
    instances = tuple(sorted(active.union(*_shown(plan, readings, at, over))))
    if not instances:
        return (_silent(plan, alerts),)
    budget = plan.sli.budget
    rates = {window: burn_rate(ratio, budget).latest(instances) for window, ratio in ratios.items()}
    left = remaining(ratios[plan.period], budget).latest(instances)
    covered = _covered(plan, readings, over(plan, plan.period, at), instances)
    shares = {window: ratio.latest(instances) for window, ratio in ratios.items()}
    return tuple(
        Result(
            plan,
            labels,
            *_verdict(plan, left[row], covered[row]),
            tuple(WindowBurn(window, shares[window][row], rates[window][row]) for window in plan.windows),
            left[row],
            covered[row],
            tuple(each.state(labels) for each in alerts),
        )
        for row, labels in enumerate(instances)
    )


def _shown(plan: Plan, readings: Readings, at: int, over: Looked) -> Iterator[_Instances]:
    """The instances of which anything was counted, window by window: events too of which bad ones cannot be told."""
    for window in plan.windows:
        grid = over(plan, window, at)
        if isinstance(plan.sli, Events):
            yield readings.burn(plan.sli, window, grid).total.shown()
        else:
            yield readings.error_ratio(plan.sli, window, grid).shown()


def _covered(plan: Plan, readings: Readings, grid: Grid, instances: _Instances) -> Sequence[float | None]:
    """The measured share of the period; of an expression nothing is known."""
    sli = plan.sli
    if isinstance(sli, Expression):
        return [None] * len(instances)
    if isinstance(sli, Events):
        shares = readings.coverage(sli, slots(plan), grid)
    else:
        shares = readings.slices.coverage(sli, plan.period.length, grid)
    return [share or 0.0 for share in shares.latest(instances)]


def _silent(plan: Plan, alerts: Sequence[Replayed]) -> Result:
    missing = any(each.about_the_row and each.active for each in alerts)
    note = f"switch on {plan.slo.origin.enable}" if missing else _verdict(plan, None, None)[1]
    return Result(plan, (), "no data", note, (), None, None, tuple(each.state(()) for each in alerts))


def _verdict(plan: Plan, left: float | None, covered: float | None) -> tuple[Verdict, str]:
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
