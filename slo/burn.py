"""How fast error budgets burn: bad and total events per instance and window, and what follows from them.

The arithmetic is that of the recording and alert rules, operation by operation, so a `Direct` window holds the
64-bit floats that a Prometheus with those rules records. For a window w and a side (total, good, bad, a bucket):

    side  = sum by (by) (increase(selector[w]))        several selectors: (first + second) + third, where one
                                                       that is absent reads as 0 * the next that is not
    bad   = side or 0 * total                          Counted
          = total - (good or 0 * total)                Remainder of counters
          = total - good                               Remainder of buckets
          = total - (lower + (upper - lower) * weight) Interpolated
    error ratio = bad / total                          present where both are; 0 / 0 is NaN and never burns
    burn rate   = error ratio / budget                 budget and weight: the float nearest to the decimal

A `Composed` window is the `sum_over_time` of bad, and of total, as recorded over `of` at every evaluation of the
group in (t - length, t], the one at t among them. Absent is not NaN: there nothing was counted, here nothing
happened. Series are summed in the order of their labels.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import TypeAlias

from slo.selector import Selector
from slo.sli import Bad, Counted, Events, Interpolated, Remainder
from slo.vector import Floats, Vector

Side: TypeAlias = Callable[[Selector], Vector]
"""`sum by (by) (increase(selector[w]))` of one selector."""


@dataclass(frozen=True, slots=True, eq=False)
class Burn:
    """Bad and total events of one window, per instance and time."""

    bad: Vector
    total: Vector

    @property
    def error_ratio(self) -> Vector:
        """`bad / total`: in [0, 1] for counters that agree, NaN without events."""
        return self.bad.with_(self.total, operator.truediv)

    def last(self, count: int) -> "Burn":
        """The same at the last `count` times."""
        return Burn(self.bad.last(count), self.total.last(count))

    def rate(self, budget: Decimal) -> Vector:
        """The burn rate of its error ratio."""
        return burn_rate(self.error_ratio, budget)


def burn_rate(error_ratio: Vector, budget: Decimal) -> Vector:
    """The error ratio in budgets: a lasting 1 spends the budget in exactly one period."""
    return error_ratio.map(lambda ratio: ratio / float(budget))


def count(sli: Events, side: Side) -> Burn:
    """Bad and total events by the formulas above."""
    total = _summed(sli.total, side)
    return Burn(_bad(sli.bad, total, side), total)


def _bad(bad: Bad, total: Vector, side: Side) -> Vector:
    none = total.map(_nothing)
    match bad:
        case Counted(counters):
            return _summed(counters, side).otherwise(none)
        case Remainder(good):
            summed = _summed(good, side)
            return total.with_(summed.otherwise(none) if bad.zero_when_absent else summed, operator.sub)
        case Interpolated(lower, upper, weight):
            below = side(lower)
            between = side(upper).with_(below, operator.sub).map(lambda events: events * float(weight))
            return total.with_(below.with_(between, operator.add), operator.sub)


def _summed(selectors: tuple[Selector, ...], side: Side) -> Vector:
    sums = [side(selector) for selector in selectors]
    zeros = [each.map(_nothing) for each in sums]
    filled = (reduce(Vector.otherwise, (each, *zeros[:i], *zeros[i + 1 :])) for i, each in enumerate(sums))
    return reduce(_added, filled)


def _added(left: Vector, right: Vector) -> Vector:
    return left.with_(right, operator.add)


def _nothing(events: Floats) -> Floats:
    # NaN for what is not finite, as in Prometheus.
    return 0 * events
