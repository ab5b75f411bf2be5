"""What a burning alert asks of the recorded series: how much budget is spent, how long the rest lasts, and by whom."""

from decimal import Decimal
from typing import Final

from rules.promql import Aggregate, Binary, Call, Number
from rules.recording import recorded, recorded_bad, recorded_ratio
from rules.template import first, instance_matchers, listed
from slo.burning import conjunctions
from slo.condition import Burning, Condition
from slo.plan import Plan
from slo.sli import Expression

_MOST: Final = 3


def spent(plan: Plan, condition: Condition) -> str:
    """The share of the period's budget that is spent, and how long the rest lasts at the pace of the long window."""
    by, period = plan.slo.by, plan.period.length
    instance = instance_matchers(by)
    whole = Burning(plan.sli, plan.period, Decimal(1))
    ratio = recorded_ratio(plan, whole, instance)
    share = Binary("*", Binary("/", ratio, Number(plan.sli.budget)), Number(Decimal(100)))
    pace = recorded_ratio(plan, _long(condition), instance)
    left = Binary("-", Number(plan.sli.budget), ratio)
    lasts = Binary("/", Binary("*", left, Number(Decimal(period.ms) / 1000)), pace)
    # Nothing is said of a budget that is overspent; an alert that fires burns, so its pace is above zero.
    finite = Binary(">", lasts, Number(Decimal(0)))
    rest = first(finite, by, "humanizeDuration", ", and at this pace the rest is gone in ", "")
    return first(
        share, by, 'printf "%.1f%%"', "", f" of the error budget of {period} is spent{rest}.", unknown_budget(plan)
    )


def unknown_budget(plan: Plan) -> str:
    """What is said while the period is not recorded."""
    return f"The error budget of {plan.period.length} is not recorded yet."


def contributors(plan: Plan, condition: Condition) -> str:
    """The instances with the most bad events, in a sentence; empty where there is a single instance."""
    worst = worst_instances(plan, condition)
    return worst and f"Bad events over {_long(condition).window.length} by instance: {worst}."


def worst_instances(plan: Plan, condition: Condition) -> str:
    """The instances with the most bad events over the long window, each with its share of them all."""
    burning = _long(condition)
    if not plan.slo.by or isinstance(burning.sli, Expression):
        return ""
    events = recorded(plan, recorded_bad(plan, burning))
    some = Binary(">", events, Number(Decimal(0)))
    share = Binary("/", some, Call("scalar", (Aggregate("sum", events),)))
    worst = Aggregate("topk", share, parameter=Number(Decimal(_MOST)))
    return listed(worst, plan.slo.by, "humanizePercentage")


def _long(condition: Condition) -> Burning:
    """The longest window of the first pair."""
    return conjunctions(condition)[0][-1]
