"""The SLO tables as people write them: the rim where YAML becomes frozen values."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from slo.duration import Duration
from slo.selector import Selector, parse_selector
from slo.sli import Bound

_PERCENT: Final = Decimal(100)


def _ratio(value: Any) -> Decimal:
    text = str(value).strip()
    if text.endswith("%"):
        return Decimal(text[:-1].strip()) / _PERCENT
    return Decimal(text)


def _duration(value: Any) -> Duration:
    return value if isinstance(value, Duration) else Duration.parse(str(value))


def _selector(value: Any) -> Selector:
    return value if isinstance(value, Selector) else parse_selector(str(value))


def _selectors(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


def _bound(value: Any) -> Bound:
    if isinstance(value, Bound):
        return value
    op, _, number = str(value).partition(" ")
    if op not in ("<", "<=", ">", ">="):
        msg = f"{value!r} is not a bound such as '> 50' or '<= 0.1'"
        raise ValueError(msg)
    return Bound(op, Decimal(number))  # type: ignore[arg-type]  # narrowed by the test above


Ratio = Annotated[Decimal, BeforeValidator(_ratio)]
"""A share: `99.9%` or `0.999`."""
Length = Annotated[Duration, BeforeValidator(_duration)]
Counter = Annotated[Selector, BeforeValidator(_selector)]
Counters = Annotated[tuple[Counter, ...], BeforeValidator(_selectors)]
Comparison = Annotated[Bound, BeforeValidator(_bound)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class RatioIndicator(_Row):
    """Events counted by counters: `bad` or `good`, and `total`."""

    kind: Literal["ratio"]
    total: Counters
    bad: Counters | None = None
    good: Counters | None = None


class LatencyIndicator(_Row):
    """Events of a classic histogram slower than a threshold."""

    kind: Literal["latency"]
    histogram: Counter
    unit: Literal["s", "ms"]
    threshold: Length
    buckets: tuple[Decimal, ...]
    at: Literal["exact", "below", "above", "between"] = "exact"


class SeriesSpec(_Row):
    """A gauge, or the rate of a counter, reduced to one value per combination of `by`."""

    metric: Counter
    reduce: Literal["sum", "avg", "min", "max"]
    rate: Length | None = None
    valid: Comparison | None = None


class GateSpec(SeriesSpec):
    """The condition under which a slice is measured at all."""

    when: Comparison


class SliceIndicator(SeriesSpec):
    """Time slices that are good while the series keeps a bound."""

    kind: Literal["slice"]
    good: Comparison
    gate: GateSpec | None = None


class PromqlIndicator(_Row):
    """An error-ratio expression with `$window`, evaluated by a Prometheus only."""

    kind: Literal["promql"]
    error_ratio: str


Indicator = Annotated[
    RatioIndicator | LatencyIndicator | SliceIndicator | PromqlIndicator, Field(discriminator="kind")
]


class StaticAlert(_Row):
    """The handbook's own alert on a row.

    Exactly one bound: `below` a success ratio or `errors_above` an error ratio (ratio rows), `slower_than` a
    duration (latency rows: more than the budgeted share is slower), `value` a comparison in the unit of the
    series (slice rows).
    """

    name: str
    for_: Length = Field(alias="for")
    window: Length = Field(default=Duration(300_000))
    below: Ratio | None = None
    errors_above: Ratio | None = None
    slower_than: Length | None = None
    at: Literal["exact", "below", "above", "between"] = "exact"
    value: Comparison | None = None
    gated: bool = False
    priority: Literal["P1", "P2", "P3", "P4"]
    action: str | None = None


class Origin(_Row):
    """Where the metric comes from, and what must be switched on for it to exist."""

    component: str
    enable: str


class Slo(_Row):
    """One row of an SLO table, as written."""

    id: str
    area: str
    name: str
    description: str
    objective: Ratio
    window: Length = Duration(30 * 86_400_000)
    by: tuple[str, ...] = ()
    namespace: str
    priority: Literal["P1", "P2", "P3", "P4"]
    runbook: str
    origin: Origin
    indicator: Indicator
    alert: StaticAlert
    decision: str | None = None
