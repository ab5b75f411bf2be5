"""Events over a span of time, and the bad ones of them, in the arithmetic order of `slo.sli`: sums first.

side = sum by (by) (increase(selector[span]))       several selectors: added from left to right, one that is
                                                    absent where another is present counts as zero
bad  = side or 0 * total                            Counted
     = total - (good or 0 * total)                  Remainder of counters
     = total - good                                 Remainder of buckets
     = total - (lower + (upper - lower) * weight)   Interpolated
"""

from decimal import Decimal
from typing import TypeAlias

from rules.promql import Aggregate, Binary, Call, Expr, Number, Variable, chain, vector
from slo.duration import Duration
from slo.selector import Selector
from slo.sli import Bad, Counted, Interpolated, Remainder

Span: TypeAlias = Duration | Variable


def counted(selectors: tuple[Selector, ...], span: Span, by: tuple[str, ...]) -> Expr:
    """The events of all counters within the span."""
    sums = tuple(_sum(selector, span, by) for selector in selectors)
    zeros = tuple(Binary("*", Number(Decimal(0)), each) for each in sums)
    filled = (chain("or", (each, *zeros[:i], *zeros[i + 1 :])) for i, each in enumerate(sums))
    return chain("+", tuple(filled))


def bad_of(total: Expr, bad: Bad, span: Span, by: tuple[str, ...]) -> Expr:
    """The bad ones among the events of a total that spans as much."""
    none = Binary("*", Number(Decimal(0)), total)
    match bad:
        case Counted(counters):
            return Binary("or", counted(counters, span, by), none)
        case Remainder(good):
            side = counted(good, span, by)
            return Binary("-", total, Binary("or", side, none) if bad.zero_when_absent else side)
        case Interpolated(lower, upper, weight):
            below, within = _sum(lower, span, by), Binary("-", _sum(upper, span, by), _sum(lower, span, by))
            return Binary("-", total, Binary("+", below, Binary("*", within, Number(weight))))


def _sum(selector: Selector, span: Span, by: tuple[str, ...]) -> Expr:
    return Aggregate("sum", Call("increase", (vector(selector, span),)), by)
