"""The metric catalogue: what panels read, in which unit it arrives, and how it becomes a base unit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rules.promql import Aggregate, Binary, Call, Expr, Number, Variable, Vector
from slo.selector import Matcher

RATE_INTERVAL: Final = Variable("__rate_interval")
"""Grafana's range for rates: at least four scrapes, and never less than a step of the graph."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge or counter, and the factor that turns its values into `unit`, a Grafana unit id."""

    name: str
    unit: str
    factor: Decimal = Decimal(1)


def chosen(*variables: str) -> tuple[Matcher, ...]:
    """Matchers that narrow a selector to what is chosen in the dashboard's variables of the same names."""
    return tuple(Matcher(name, "=~", f"${name}") for name in variables)


def raw(metric: Metric, where: tuple[Matcher, ...]) -> Expr:
    """The current values as exported: enough where units cancel out."""
    return Vector(metric.name, where)


def now(metric: Metric, where: tuple[Matcher, ...]) -> Expr:
    """The current values in the metric's unit."""
    return _scaled(raw(metric, where), metric.factor)


def per_second(metric: Metric, where: tuple[Matcher, ...]) -> Expr:
    """How fast a counter rises, in the metric's unit per second."""
    return _scaled(Call("rate", (Vector(metric.name, where, RATE_INTERVAL),)), metric.factor)


def reduced(function: str, of: Expr, *by: str) -> Expr:
    """One value per combination of the labels `by`."""
    return Aggregate(function, of, by)


def ratio(part: Expr, whole: Expr) -> Expr:
    """A share of something, 0 to 1."""
    return Binary("/", part, whole)


def bit(mask: Expr, value: int) -> Expr:
    """1 where a bit mask has the bit `value`, else 0: floor(mask / value) % 2."""
    return Binary("%", Call("floor", (Binary("/", mask, Number(Decimal(value))),)), Number(Decimal(2)))


def _scaled(expr: Expr, factor: Decimal) -> Expr:
    return expr if factor == 1 else Binary("*", expr, Number(factor))
