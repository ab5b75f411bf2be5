"""Alerts that say too much: while the objective holds, or for a single slice."""

from collections.abc import Iterator

from slo.condition import All, Any, Burning, Condition, Level, Unmeasured
from slo.number import leading
from slo.plan import Alert, Plan
from slo.sli import Slices
from slo.table.finding import Remark
from slo.wording import fewest


def early(alert: Alert) -> Iterator[Remark]:
    """Windows over which the alert fires although the budget would last."""
    for burning in burnings(alert.condition):
        if burning.factor < 1:
            path = ("alert",) if alert.kind == "static" else ("window",)
            what = f"the {alert.kind} alert over {burning.window.length} fires while the objective still holds"
            yield Remark(path, what, f"f = {leading(burning.factor)} < 1")


def hasty(plan: Plan) -> Iterator[Remark]:
    """Pairs of windows that page as soon as one slice is bad: so few slices are in them.

    How many events there are is not known from the text; slices are counted by the evaluations of the rules.
    """
    if not isinstance(plan.sli, Slices):
        return
    for pair in _pairs(plan):
        long = max(pair, key=lambda burning: burning.window.length)
        length = long.window.length
        slices = length.ms // plan.interval.ms
        if slices < long.fewest:
            formula = f"n = {length} / {plan.interval} = {slices} < {fewest(long)}"
            yield Remark(("objective",), f"a single bad slice pages: there are {slices} in {length}", formula)


def burnings(condition: Condition) -> Iterator[Burning]:
    """Every burning that the condition reads."""
    match condition:
        case Burning():
            yield condition
        case All(parts) | Any(parts):
            for part in parts:
                yield from burnings(part)
        case Level() | Unmeasured():
            pass


def _pairs(plan: Plan) -> Iterator[tuple[Burning, ...]]:
    for alert in plan.alerts:
        if alert.kind == "page" and isinstance(alert.condition, Any):
            yield from (tuple(burnings(part)) for part in alert.condition.parts)
