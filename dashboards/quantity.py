"""A PromQL expression together with the unit of its values and the labels that tell its series apart."""

from dataclasses import dataclass, replace
from decimal import Decimal

from dashboards.board import Link, Query, Step
from rules.promql import Aggregate, Binary, Call, Expr, Matching, Number


@dataclass(frozen=True, slots=True)
class Quantity:
    """An expression, a Grafana unit id, and the labels of the legend."""

    expr: Expr
    unit: str
    by: tuple[str, ...] = ()

    def __add__(self, other: "Quantity") -> "Quantity":
        """The sum of two quantities of one unit."""
        return self._with("+", other)

    def __sub__(self, other: "Quantity") -> "Quantity":
        """The difference of two quantities of one unit."""
        return self._with("-", other)

    def __truediv__(self, other: "Quantity") -> "Quantity":
        """The ratio of two quantities of one unit: a share."""
        self._require(other)
        return replace(self, expr=Binary("/", self.expr, other.expr), unit="percentunit")

    def per(self, other: "Quantity", unit: str) -> "Quantity":
        """So much of one for each of another, in a unit of its own."""
        return replace(self, expr=Binary("/", self.expr, other.expr), unit=unit)

    def share_of(self, whole: "Quantity") -> "Quantity":
        """The share of a whole; a part that nobody counts yet is zero: `(part or 0 * whole) / whole`."""
        return self.or_none_of(whole) / whole

    def beside(self, others: "Quantity") -> "Quantity":
        """Its share of itself and of what is beside it: `1 / (1 + others / self)`, which reads each of them once."""
        self._require(others)
        one = Number(Decimal(1))
        times = Binary("/", others.expr, self.expr)
        return replace(self, expr=Binary("/", one, Binary("+", one, times)), unit="percentunit")

    def or_none_of(self, all_of: "Quantity") -> "Quantity":
        """Zero where others are there: `part or 0 * all`. Nothing at all where not even those are."""
        nothing = Binary("*", Number(Decimal(0)), all_of.expr)
        return replace(self, expr=Binary("or", self.expr, nothing))

    def or_zero(self) -> "Quantity":
        """Zero where there is no series: what is only exported while it happens."""
        return replace(self, expr=Binary("or", self.expr, Call("vector", (Number(Decimal(0)),))))

    def over(self, bound: str) -> "Quantity":
        """Only the values above a bound."""
        return replace(self, expr=Binary(">", self.expr, Number(Decimal(bound))))

    def top(self, count: int) -> "Quantity":
        """The largest of them."""
        return replace(self, expr=Aggregate("topk", self.expr, parameter=Number(Decimal(count))))

    def bottom(self, count: int) -> "Quantity":
        """The smallest of them."""
        return replace(self, expr=Aggregate("bottomk", self.expr, parameter=Number(Decimal(count))))

    def rest(self) -> "Quantity":
        """What is missing to one: the share of the others."""
        return replace(self, expr=Binary("-", Number(Decimal(1)), self.expr))

    def times(self, factor: str, unit: str) -> "Quantity":
        """The quantity times a number, in another unit."""
        return replace(self, expr=Binary("*", self.expr, Number(Decimal(factor))), unit=unit)

    def reduced(self, function: str, *by: str) -> "Quantity":
        """One value per combination of `by`."""
        return replace(self, expr=Aggregate(function, self.expr, by), by=by)

    def on(self, other: "Quantity", *labels: str) -> "Quantity":
        """The ratio to another quantity whose series are equal in these labels and may be fewer."""
        self._require(other)
        matching = Matching(labels, "left")
        return replace(self, expr=Binary("/", self.expr, other.expr, matching), unit="percentunit")

    def named(self, legend: str) -> Query:
        """A query whose series are called by `legend`, which uses `{{label}}`."""
        return Query(self.expr, legend, self.unit)

    def column(
        self, title: str, steps: tuple[Step, ...] = (), link: Link | None = None, decimals: int | None = None
    ) -> Query:
        """A column of a table."""
        return Query(self.expr, title, self.unit, steps, link, decimals)

    def _with(self, op: str, other: "Quantity") -> "Quantity":
        self._require(other)
        return replace(self, expr=Binary("+" if op == "+" else "-", self.expr, other.expr))

    def _require(self, other: "Quantity") -> None:
        if self.unit != other.unit:
            raise ValueError(f"{self.unit} does not go with {other.unit}")


def scaled(expr: Expr, factor: Decimal, unit: str, by: tuple[str, ...]) -> Quantity:
    """An expression times the factor that makes base units of its values."""
    return Quantity(expr if factor == 1 else Binary("*", expr, Number(factor)), unit, by)


def counted(expr: Expr, by: tuple[str, ...]) -> Quantity:
    """How many series an expression has."""
    return Quantity(Aggregate("count", expr, by), "short", by)
