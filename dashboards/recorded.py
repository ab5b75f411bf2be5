"""What the rules record of an SLO, as quantities: error ratios, burn rates, budgets, and what is left of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from dashboards.board import Step
from dashboards.panels import Marks, from_above
from dashboards.quantity import Quantity
from rules.promql import Aggregate, Binary, Call, Expr, Matching, Number, Vector, chain
from slo import names
from slo.burning import Conjunction, pairs_of
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Matcher
from slo.sli import Expression, Slices

Kind: TypeAlias = Literal["page", "ticket"]

CLUSTER: Final = "cluster"
"""The label by which a store that many clusters write to tells them apart."""
_ROW: Final = (CLUSTER, names.SLO)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recorded series of some plans, narrowed by `where`; the plans tell how each of them is counted."""

    plans: tuple[Plan, ...]
    where: tuple[Matcher, ...]

    @property
    def by(self) -> tuple[str, ...]:
        """The labels that tell instances apart: the row, and every label that a row has instances by."""
        return (names.SLO, *dict.fromkeys(label for plan in self.plans for label in plan.slo.by))

    def objective(self) -> Quantity:
        """What is promised."""
        wide, promised = self._of_all_clusters(names.OBJECTIVE), self._vector(names.OBJECTIVE)
        every = promised if wide is None else Binary("or", promised, wide, Matching((names.SLO,)))
        return Quantity(every, "percentunit", (names.SLO,))

    def errors(self, window: Duration) -> Quantity:
        """The error ratio over a window, of what was measured."""
        return Quantity(self._ratio(self.plans, window, of_all=False), "percentunit", self.by)

    def burn(self, window: Duration) -> Quantity:
        """The error ratio that alerts compare, as a multiple of the budget: 1 spends it exactly within the period."""
        return Quantity(self._burn(self.plans, window), "none", self.by)

    def left(self) -> Quantity:
        """What is left of the budget of the period; below zero once it is overspent."""
        ratios = (self._ratio(plans, period, of_all=False) for period, plans in self._by_period)
        spent = self._by_promise("/", chain("or", tuple(ratios)), names.ERROR_BUDGET)
        return Quantity(Binary("-", Number(Decimal(1)), spent), "percentunit", self.by)

    def ends(self) -> Quantity:
        """How long the rest of the budget lasts at the pace of the first page's long window; absent while it rests."""
        pace = Binary(">", self.burn(self.pairs("page")[0][-1].window.length).expr, Number(Decimal(0)))
        rest = Call("clamp_min", (self.left().expr, Number(Decimal(0))))
        return Quantity(self._by_promise("*", Binary("/", rest, pace), names.PERIOD), "s", self.by)

    def nearness(self, kind: Kind, which: int) -> Quantity:
        """The slower burn rate of the `which`-th pair that pages or files a ticket, over its factor; 1: it holds."""
        near = (self._near(plans, pairs_of(plans[0], kind)[which]) for _, plans in self._by_period)
        return Quantity(chain("or", tuple(near)), "percentunit", self.by)

    def bad(self, window: Duration) -> Quantity:
        """Bad events, or slices, within a window."""
        return Quantity(self._vector(names.bad_events(window)), "short", self.by)

    def good(self, window: Duration) -> Quantity:
        """Good events, or slices, within a window."""
        total = Quantity(self._vector(names.total_events(window)), "short", self.by)
        return total - self.bad(window)

    def firing(self, *only: Matcher) -> Vector:
        """The alerts that fire."""
        return Vector("ALERTS", (Matcher("alertstate", "=", "firing"), *self.where, *only))

    def pairs(self, kind: Kind) -> tuple[Conjunction, ...]:
        """The pairs that page or file a ticket, fastest first, with the factors of the first plan's period."""
        return pairs_of(self.plans[0], kind)

    def factor(self, kind: Kind, which: int) -> Decimal | None:
        """The burn rate at which the `which`-th pair holds; None where rows differ, as those of other periods do."""
        found = {pairs_of(plans[0], kind)[which][0].factor for _, plans in self._by_period}
        return found.pop() if len(found) == 1 else None

    def burn_marks(self) -> Marks:
        """Orange where a budget does not last its period, red where the fastest pair pages, if that is one line."""
        factor = self.factor("page", 0)
        return Marks((Step(1, "orange"),)) if factor is None else from_above(1, float(factor))

    @property
    def _by_period(self) -> list[tuple[Duration, tuple[Plan, ...]]]:
        periods = dict.fromkeys(plan.period.length for plan in self.plans)
        return [(each, tuple(plan for plan in self.plans if plan.period.length == each)) for each in periods]

    def _near(self, plans: tuple[Plan, ...], pair: Conjunction) -> Expr:
        short, long = (self._ratio(plans, each.window.length, of_all=True) for each in pair)
        slower = Binary("or", Binary("<", short, long), long)
        return Binary("/", self._by_promise("/", slower, names.ERROR_BUDGET), Number(pair[0].factor))

    def _burn(self, plans: tuple[Plan, ...], window: Duration) -> Expr:
        return self._by_promise("/", self._ratio(plans, window, of_all=True), names.ERROR_BUDGET)

    def _by_promise(self, op: Literal["/", "*"], value: Expr, name: str) -> Expr:
        """A value and what its row promises, in the same cluster, unless the cluster is one of the row's instances."""
        joined = Binary(op, value, self._vector(name), Matching(_ROW, "left"))
        wide = self._of_all_clusters(name)
        return joined if wide is None else Binary("or", joined, Binary(op, value, wide, Matching((names.SLO,), "left")))

    def _of_all_clusters(self, name: str) -> Expr | None:
        """What rows promise that have an instance for each cluster: one promise, recorded without a cluster."""
        rows = "|".join(plan.slo.id for plan in self.plans if CLUSTER in plan.slo.by)
        where = tuple(matcher for matcher in self.where if matcher.label != CLUSTER)
        only = Matcher(names.SLO, "=~", rows)
        return Aggregate("max", Vector(name, (*where, only)), (names.SLO,)) if rows else None

    def _ratio(self, plans: tuple[Plan, ...], window: Duration, *, of_all: bool) -> Expr:
        return chain("or", tuple(self._ratios(plans, window, of_all=of_all)))

    def _ratios(self, plans: tuple[Plan, ...], window: Duration, *, of_all: bool) -> Iterator[Expr]:
        """One expression for each way of counting: as `slo.condition.Burning` says of slices, of all that fit."""
        expressed = _ids(plans, Expression)
        sliced = _ids(plans, Slices) if of_all else ()
        counted = tuple(plan.slo.id for plan in plans if plan.slo.id not in {*expressed, *sliced})
        if counted:
            total = self._vector(names.total_events(window), counted)
            yield Binary("/", self._vector(names.bad_events(window), counted), total)
        if sliced:
            fitting = Number(Decimal(window.ms) / plans[0].interval.ms)
            yield Binary("/", self._vector(names.bad_events(window), sliced), fitting)
        if expressed:
            yield self._vector(names.error_ratio(window), expressed)

    def _vector(self, name: str, rows: tuple[str, ...] = ()) -> Vector:
        only = () if len(rows) in (0, len(self.plans)) else (Matcher(names.SLO, "=~", "|".join(rows)),)
        return Vector(name, (*self.where, *only))


def _ids(plans: tuple[Plan, ...], kind: type) -> tuple[str, ...]:
    return tuple(plan.slo.id for plan in plans if isinstance(plan.sli, kind))
