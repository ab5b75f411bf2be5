"""Remarks on rows that count no events: expressions of a ratio, and time slices."""

from collections.abc import Iterator, Mapping

from emberline.check.instances import highest, named, ratio
from emberline.check.measured import Measured
from slo.budget import NOISE, WATCHED
from slo.number import plain
from slo.plan import Plan
from slo.selector import Labels
from slo.table.finding import Remark


def beyond_bounds(plan: Plan, measured: Measured) -> Iterator[Remark]:
    """An expression that yields nothing over any window, or what is no share: over the shortest that shows it."""
    path = ("indicator", "error_ratio")
    found = {window: measured.ratio(window) for window in WATCHED}
    for window, ratios in found.items():
        outside = {one: share for one, share in ratios.items() if share < -NOISE or share > 1 + NOISE}
        if outside:
            worst = highest({one: abs(share) for one, share in outside.items()})
            message = f"no share of events over the last {window}{named(worst, len(outside))}"
            yield Remark(path, message, f"e = {ratio(outside[worst])} is not within [0, 1]")
            return
    if not any(found.values()):
        yield Remark(path, f"yields nothing over {WATCHED[-1]}; needed: {plan.slo.origin.enable}", "0 series")


def missed(plan: Plan, ratios: Mapping[Labels, float], counted: Mapping[Labels, str] | None = None) -> Iterator[Remark]:
    """An objective that the period up to now did not keep; `ratios` are its error ratios over that period.

    `counted` says of each instance what its ratio was divided of.
    """
    budget = plan.sli.budget
    over = {one: share for one, share in ratios.items() if share > budget}
    if over:
        worst = highest(over)
        message = f"the objective was missed over the last {plan.period.length}{named(worst, len(over))}"
        share = f"{counted[worst]} = {ratio(over[worst])}" if counted else ratio(over[worst])
        yield Remark(("objective",), message, f"e = {share} > b = {plain(budget)}")
