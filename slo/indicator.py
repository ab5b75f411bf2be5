"""What a row measures, as written: four kinds, told apart by `kind`."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from slo.buckets import At, slower_than
from slo.scalar import Comparison, Counter, Counters, Number, Span, instant_vector
from slo.selector import Selector
from slo.sli import Interpolated, Remainder


class Written(BaseModel):
    """A frozen part of a table; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class RatioIndicator(Written):
    """Events counted by counters: `bad` or `good`, and `total`."""

    kind: Literal["ratio"]
    total: Counters
    bad: Counters | None = None
    good: Counters | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """What does not fit together: the key, "" for the indicator itself, and what is wrong."""
        if (self.bad is None) == (self.good is None):
            yield "", "exactly one of `bad` and `good` is needed beside `total`"


class LatencyIndicator(Written):
    """Events of a classic histogram slower than `threshold`.

    `histogram` is named without `_bucket`; `buckets` are its finite bounds in its own `unit`, ascending.
    """

    kind: Literal["latency"]
    histogram: Counter
    unit: Literal["s", "ms"]
    buckets: tuple[Number, ...]
    at: At = "exact"
    threshold: Span

    @field_validator("histogram")
    @classmethod
    def _names_the_whole(cls, histogram: Selector) -> Selector:
        for suffix in ("_bucket", "_count", "_sum"):
            if histogram.metric.endswith(suffix):
                raise ValueError(f"name the histogram itself, {histogram.metric.removesuffix(suffix)}")
        if any(matcher.label == "le" for matcher in histogram.matchers):
            raise ValueError("`threshold` picks the bucket, not a matcher on le")
        return histogram

    @field_validator("buckets")
    @classmethod
    def _ascend(cls, bounds: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        if not bounds:
            raise ValueError("needs at least 1")
        if any(left >= right for left, right in pairwise(bounds)):
            raise ValueError("bounds must ascend")
        return bounds

    def faults(self) -> Iterator[tuple[str, str]]:
        """What does not fit together: the key, and what is wrong."""
        try:
            self.slower_than(self.threshold, self.at)
        except ValueError as error:
            yield "threshold", str(error)

    def slower_than(self, threshold: Span, at: At) -> Remainder | Interpolated:
        """Bad events by another threshold on the same histogram; ValueError where its buckets cannot tell."""
        return slower_than(in_unit(threshold, self.unit), at, self.histogram, self.buckets)


def in_unit(length: Span, unit: Literal["s", "ms"]) -> Decimal:
    """A length of time as a number of seconds or milliseconds."""
    return Decimal(length.ms) / (1000 if unit == "s" else 1)


class SeriesSpec(Written):
    """A gauge, or the rate of a counter, reduced to one value per combination of the row's `by` labels."""

    metric: Counter
    reduce: Literal["sum", "avg", "min", "max"]
    rate: Span | None = None
    valid: Comparison | None = None


class GateSpec(SeriesSpec):
    """The condition under which a slice is measured at all; with `held` it must have been true for so long."""

    when: Comparison
    held: Span | None = None

    @model_validator(mode="after")
    def _holds_a_gauge(self) -> Self:
        if self.held is not None and self.rate is not None:
            raise ValueError("`held` is for gauges; a rate looks back by itself")
        return self


class SliceIndicator(SeriesSpec):
    """Time slices that are good while the series keeps a bound."""

    kind: Literal["slice"]
    good: Comparison
    gate: GateSpec | None = None


class PromqlIndicator(Written):
    """An error-ratio expression with `$window`, evaluated by a Prometheus only."""

    kind: Literal["promql"]
    error_ratio: str

    @field_validator("error_ratio")
    @classmethod
    def _parses(cls, expression: str) -> str:
        if "$window" not in expression:
            raise ValueError("no $window in the expression: it would be the same over every window")
        instant_vector(expression.replace("$window", "5m"))
        return expression


Indicator = Annotated[RatioIndicator | LatencyIndicator | SliceIndicator | PromqlIndicator, Field(discriminator="kind")]


def inconsistencies(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """What does not fit together in a well-formed indicator, by key."""
    return tuple(indicator.faults()) if isinstance(indicator, RatioIndicator | LatencyIndicator) else ()
