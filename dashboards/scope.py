"""Queries in the field's own terms: how fast, how many, how slow, which share; each narrowed to what is chosen."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from dashboards.catalog import metric_of
from dashboards.metric import Metric
from dashboards.quantity import Quantity, counted, scaled
from rules.promql import Aggregate, Binary, Call, Expr, Number, Variable, Vector
from slo.selector import Matcher, Selector, parse_selector

RATE_INTERVAL: Final = Variable("__rate_interval")
"""Grafana's range for rates: at least four scrapes, and never less than a step of the graph."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What every selector of a dashboard is narrowed to: labels, each with the variable that holds the choice.

    Selectors are PromQL's, `name{label="value"}`; the name of a histogram stands without its suffix. `by` are labels
    that the catalogue knows of the metric: ValueError otherwise, and KeyError for a metric that it lacks.
    """

    choices: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, *labels: str, **renamed: str) -> "Scope":
        """Labels whose variables bear their names, or another: `model_name="model"`."""
        return cls((*((label, label) for label in labels), *renamed.items()))

    def also(self, *labels: str, **renamed: str) -> "Scope":
        """The same scope, narrowed by more."""
        return Scope((*self.choices, *Scope.of(*labels, **renamed).choices))

    def rate(self, selector: str, *by: str) -> Quantity:
        """How fast a counter rises: `sum by (by) (rate(...))` per second."""
        metric, picked = self._known(selector, by, "counter")
        return scaled(Aggregate("sum", self._rate(picked), by), metric.unit.factor, metric.unit.rate, by)

    def total(self, selector: str, *by: str) -> Quantity:
        """By how much a counter rose within the range that the dashboard shows."""
        metric, picked = self._known(selector, by, "counter")
        risen = Call("increase", (self._vector(picked, Variable("__range")),))
        return scaled(Aggregate("sum", risen, by), metric.unit.factor, metric.unit.level, by)

    def level(self, selector: str, *by: str, reduce: str = "sum") -> Quantity:
        """Gauges, reduced to one value per combination of `by`."""
        metric, picked = self._known(selector, by, "gauge")
        return scaled(Aggregate(reduce, self._vector(picked), by), metric.unit.factor, metric.unit.level, by)

    def series(self, selector: str, *legend: str) -> Quantity:
        """Gauges as they are; `legend` names the labels that tell them apart."""
        metric, picked = self._known(selector, legend, "gauge")
        return scaled(self._vector(picked), metric.unit.factor, metric.unit.level, legend)

    def quantile(self, q: str, selector: str, *by: str) -> Quantity:
        """The q-quantile of a classic histogram, in base units."""
        metric, picked = self._known(selector, by, "histogram")
        buckets = Aggregate("sum", self._rate(picked.suffixed("_bucket")), ("le", *by))
        found = Call("histogram_quantile", (Number(Decimal(q)), buckets))
        return scaled(found, metric.unit.factor, metric.unit.level, by)

    def mean(self, selector: str, *by: str) -> Quantity:
        """The mean of what a histogram observed, in base units."""
        metric, picked = self._known(selector, by, "histogram")
        total, count = (Aggregate("sum", self._rate(picked.suffixed(end)), by) for end in ("_sum", "_count"))
        return scaled(Binary("/", total, count), metric.unit.factor, metric.unit.level, by)

    def observed(self, selector: str, *by: str) -> Quantity:
        """How many values a second a histogram observes."""
        _, picked = self._known(selector, by, "histogram")
        return Quantity(Aggregate("sum", self._rate(picked.suffixed("_count")), by), "reqps", by)

    def within(self, selector: str, bound: str, *by: str) -> Quantity:
        """The share of what a histogram observed that is at most `bound`, one of its buckets, in its own unit."""
        _, picked = self._known(selector, by, "histogram")
        bucket = replace(picked.suffixed("_bucket"), le=Decimal(bound))
        part, whole = (Aggregate("sum", self._rate(each), by) for each in (bucket, picked.suffixed("_count")))
        return Quantity(Binary("/", part, whole), "percentunit", by)

    def buckets(self, selector: str) -> Quantity:
        """The rate of every bucket of a histogram, for a heat map, in the histogram's own unit."""
        metric, picked = self._known(selector, (), "histogram")
        return Quantity(Aggregate("sum", self._rate(picked.suffixed("_bucket")), ("le",)), metric.unit.level, ("le",))

    def age(self, selector: str, *by: str) -> Quantity:
        """How long ago the latest moment was that a gauge holds, in seconds."""
        _, picked = self._known(selector, by, "gauge")
        return Quantity(Binary("-", Call("time"), Aggregate("max", self._vector(picked), by)), "s", by)

    def left(self, selector: str, *by: str) -> Quantity:
        """How long it is until the earliest moment that a gauge holds, in seconds; moments of zero are none."""
        _, picked = self._known(selector, by, "gauge")
        moment = Binary(">", self._vector(picked), Number(Decimal(0)))
        return Quantity(Binary("-", Aggregate("min", moment, by), Call("time")), "s", by)

    def how_many(self, selector: str, *by: str) -> Quantity:
        """How many series there are."""
        _, picked = self._known(selector, by, "gauge")
        return counted(self._vector(picked), by)

    def bit(self, selector: str, value: int) -> Quantity:
        """How many series of bit masks have the bit `value`: sum of floor(mask / value) % 2."""
        _, picked = self._known(selector, (), "gauge")
        shifted = Call("floor", (Binary("/", self._vector(picked), Number(Decimal(value))),))
        return Quantity(Aggregate("sum", Binary("%", shifted, Number(Decimal(2)))), "none")

    def _known(self, selector: str, by: tuple[str, ...], kind: str) -> tuple[Metric, Selector]:
        picked = parse_selector(selector)
        metric = metric_of(picked.metric)
        if metric.kind != kind:
            raise ValueError(f"{metric.name} is a {metric.kind}, not a {kind}")
        metric.require((*by, *(matcher.label for matcher in picked.matchers)))
        return metric, picked

    def _rate(self, picked: Selector) -> Expr:
        return Call("rate", (self._vector(picked, RATE_INTERVAL),))

    def _vector(self, picked: Selector, span: Variable | None = None) -> Vector:
        return Vector(picked.metric, (*self.matchers, *picked.conditions), span)

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The conditions that every selector gets."""
        return tuple(Matcher(label, "=~", f"${variable}") for label, variable in self.choices)
