"""Typed series as PromQL: what a slice measures, whether it is good, and whether it is measured at all."""

from collections.abc import Iterator

from rules.promql import Aggregate, Binary, Call, Expr, Number, vector
from slo.sli import Bound, Series, Slices


def level(series: Series, bound: Bound) -> Expr:
    """The values of a series that keep a bound, per instance."""
    return Binary(bound.op, reduced(series, bound), Number(bound.value))


def verdict(slices: Slices) -> Expr:
    """1 for each instance whose slice is good now, 0 where it is bad; absent while the series or the gate is."""
    good = Binary(slices.bound.op, reduced(slices.series, slices.bound), Number(slices.bound.value), boolean=True)
    # Both sides bear the labels `by` and no others, so they meet one to one.
    return good if slices.gate is None else Binary("and", good, level(slices.gate.series, slices.gate.bound))


def reduced(series: Series, bound: Bound) -> Expr:
    """The value of a series now, per instance; `bound` is what a series that must have held for a while is to keep."""
    read: Expr = vector(series.selector, series.rate or series.held)
    if series.rate is not None:
        read = Call("rate", (read,))
    elif series.held is not None:
        read = Call("min_over_time" if bound.op[0] == ">" else "max_over_time", (read,))
    if series.valid is not None:
        read = Binary(series.valid.op, read, Number(series.valid.value))
    return Aggregate(series.reduce, read, series.by)


def missing(slices: Slices) -> Iterator[Expr]:
    """1 where a metric that a slice reads does not exist at all; an invalid sample exists."""
    for series in slices.read:
        # Counted first: absent() would make labels of the selector's matchers.
        yield Call("absent", (Aggregate("count", vector(series.selector)),))
