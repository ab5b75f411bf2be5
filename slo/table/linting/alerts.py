"""Alerts that say too much: while the objective holds, or for a single slice."""

from collections.abc import Iterator

from slo.burning import burnings, pairs_of
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
    for pair in pairs_of(plan, "page"):
        long = max(pair, key=lambda burning: burning.window.length)
        length = long.window.length
        slices = length.ms // plan.interval.ms
        if slices < long.fewest:
            formula = f"n = {length} / {plan.interval} = {slices} < {fewest(long)}"
            yield Remark(("objective",), f"a single bad slice pages: there are {slices} in {length}", formula)
