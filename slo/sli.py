"""What is measured: events that can be bad, or time slices that can be bad."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from slo.duration import Duration
from slo.selector import Selector


@dataclass(frozen=True, slots=True)
class Counted:
    """Bad events are counted themselves. Absent where total exists, they are zero."""

    counters: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class Remainder:
    """Bad events are `total - good`, subtracted in that order after both sides are summed.

    Good counters that are absent where total exists are zero: nothing has been good yet. A bucket that is absent
    means that the histogram lacks the bound, and there is no verdict.
    """

    good: tuple[Selector, ...]

    @property
    def zero_when_absent(self) -> bool:
        """Whether the good side is counted by counters, not by buckets."""
        return all(selector.le is None for selector in self.good)


@dataclass(frozen=True, slots=True)
class Interpolated:
    """Bad events are `total - (lower + (upper - lower) * weight)`, each bucket summed first.

    The threshold lies inside a bucket of a classic histogram; events are taken as spread evenly over it,
    as `histogram_quantile` does.
    """

    lower: Selector
    upper: Selector
    weight: Decimal


_COMPARISONS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Bad: TypeAlias = Counted | Remainder | Interpolated


@dataclass(frozen=True, slots=True)
class Events:
    """A ratio of counted events: `bad / total`, sums first, per combination of the `by` labels.

    Several counters on one side are added up; one that is absent where another exists counts as zero.
    `objective` is the share of events that must be good, in (0, 1).
    """

    total: tuple[Selector, ...]
    bad: Bad
    by: tuple[str, ...]
    objective: Decimal

    @property
    def budget(self) -> Decimal:
        """The error ratio that the objective allows."""
        return 1 - self.objective

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """Everything it reads, each selector once, total first."""
        match self.bad:
            case Counted(side) | Remainder(side):
                return tuple(dict.fromkeys(self.total + side))
            case Interpolated(lower, upper):
                return tuple(dict.fromkeys((*self.total, lower, upper)))


@dataclass(frozen=True, slots=True)
class Series:
    """A typed series: one selector, its rate if wanted, valid samples only, reduced over the other labels.

    With `held`, each series counts with the sample of that span that is farthest from keeping a bound on it.
    """

    selector: Selector
    reduce: Literal["sum", "avg", "min", "max"]
    by: tuple[str, ...]
    rate: Duration | None = None
    valid: "Bound | None" = None
    held: Duration | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison with a number, in the unit of the series."""

    op: Literal["<", "<=", ">", ">="]
    value: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether a value keeps it."""
        return _COMPARISONS[self.op](value, self.value)


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition under which a slice is measured at all: no load, no verdict."""

    series: Series
    bound: Bound


@dataclass(frozen=True, slots=True)
class Slices:
    """Time slices: good while `series` keeps `bound`, absent while it or the gate is.

    `objective` is the share of those measured within `period` that must be good.
    """

    series: Series
    bound: Bound
    gate: Gate | None
    by: tuple[str, ...]
    objective: Decimal
    period: Duration

    @property
    def read(self) -> tuple[Series, ...]:
        """Every series that it reads: its own, and that of its gate."""
        return (self.series,) if self.gate is None else (self.series, self.gate.series)

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """Everything it reads, each selector once, its own series first."""
        return tuple(dict.fromkeys(series.selector for series in self.read))

    @property
    def budget(self) -> Decimal:
        """The share of bad slices that the objective allows."""
        return 1 - self.objective


@dataclass(frozen=True, slots=True)
class Expression:
    """A PromQL expression of an error ratio with `$window` in it; only a Prometheus can evaluate it."""

    error_ratio: str
    by: tuple[str, ...]
    objective: Decimal

    def over(self, window: Duration) -> str:
        """The expression over one window."""
        return self.error_ratio.replace("$window", str(window))

    @property
    def budget(self) -> Decimal:
        """The error ratio that the objective allows."""
        return 1 - self.objective


Sli: TypeAlias = Events | Slices | Expression
