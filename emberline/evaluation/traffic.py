"""Whether there are events enough to judge by, and whether they add up."""

from collections.abc import Mapping

from emberline.evaluation.result import Traffic
from slo.budget import WATCHED, most, overcounted
from slo.burn import Burn
from slo.burning import Conjunction, pairs_of
from slo.plan import Plan
from slo.selector import Labels
from slo.sli import Expression
from slo.window import Window

_Burns = Mapping[Window, Burn]
"""Bad and total events at one time; none for what counts no events."""


def minimum_traffic(plan: Plan, burns: _Burns, instances: tuple[Labels, ...]) -> list[tuple[Traffic, ...]]:
    """For each instance and pair of windows that pages, how many events or slices it needs, and sees."""
    return list(zip(*(_told(plan, pair, burns, instances) for pair in pairs_of(plan, "page")), strict=True))


def more_than_all(burns: _Burns) -> frozenset[Labels]:
    """The instances that count more good or bad events than events, over some window that must add up."""
    return frozenset().union(*(overcounted(b).shown() for window, b in burns.items() if window.length in WATCHED))


def _told(plan: Plan, pair: Conjunction, burns: _Burns, instances: tuple[Labels, ...]) -> list[Traffic]:
    windows = tuple(burning.window.length for burning in pair)
    if burns:
        counts = most([burns[burning.window].total for burning in pair]).latest(instances)
    else:  # bad slices are compared with all that fit, measured or not; of an expression no number is known
        fit = None if isinstance(plan.sli, Expression) else max(windows).ms / plan.interval.ms
        counts = [fit] * len(instances)
    return [Traffic(windows, float(pair[0].fewest), seen) for seen in counts]
