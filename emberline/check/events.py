"""Remarks on rows of counted events: more of them on one side than in total, too few of them, too many bad."""

from collections.abc import Iterator

from emberline.check import ratios
from emberline.check.instances import events, highest, named
from emberline.check.measured import Measured
from slo.budget import WATCHED, excess
from slo.burning import Conjunction, pairs_of
from slo.indicator import RatioIndicator
from slo.plan import Plan
from slo.sli import Counted, Events
from slo.table.document import Path
from slo.table.finding import Remark
from slo.wording import fewest


def overcounted(plan: Plan, sli: Events, measured: Measured) -> Iterator[Remark]:
    """A side that holds more events than there are, over the shortest window that shows it."""
    side = "bad" if isinstance(sli.bad, Counted) else "good"
    for window in WATCHED:
        totals, bad = measured.total(window), measured.bad(window)
        counted = {one: many if side == "bad" else totals[one] - many for one, many in bad.items()}
        excesses = {one: float(excess(many, totals.get(one, 0.0))) for one, many in bad.items()}
        beyond = {one: more for one, more in excesses.items() if more}
        if beyond:
            worst = highest(beyond)
            message = f"more {side} events than events over the last {window}{named(worst, len(beyond))}"
            formula = f"{side} = {events(counted[worst])} > total = {events(totals.get(worst, 0.0))}"
            yield Remark(_side(plan, side), message, formula)
            return


def single_failures(plan: Plan, measured: Measured) -> Iterator[Remark]:
    """So few events that one bad one pages, by the first pair of windows that would."""
    for pair in pairs_of(plan, "page"):
        counts = [measured.total(burning.window.length) for burning in pair]
        most = {one: max(count[one] for count in counts) for one in counts[0] if all(one in count for count in counts)}
        few = {one: -many for one, many in most.items() if many < pair[0].fewest}
        if few:
            worst = highest(few)
            seen = [events(count[worst]) for count in counts]
            message = f"a single bad event pages{named(worst, len(few))}: {_within(pair, seen)}"
            yield Remark(("objective",), message, f"n = {', '.join(seen)} < {fewest(pair[0])}")
            return


def missed(plan: Plan, measured: Measured) -> Iterator[Remark]:
    """An objective that the period up to now did not keep."""
    totals, bad = measured.total(plan.period.length), measured.bad(plan.period.length)
    happened = {one: many for one, many in bad.items() if totals.get(one)}
    counted = {one: f"{events(many)} / {events(totals[one])}" for one, many in happened.items()}
    yield from ratios.missed(plan, {one: many / totals[one] for one, many in happened.items()}, counted)


def _side(plan: Plan, side: str) -> Path:
    return ("indicator", side if isinstance(plan.slo.indicator, RatioIndicator) else "histogram")


def _within(pair: Conjunction, seen: list[str]) -> str:
    return " and ".join(f"{many} in {burning.window.length}" for many, burning in zip(seen, pair, strict=True))
