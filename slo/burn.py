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
from typing import TypeAlias

import numpy as np

from native.ranges import BUCKET, COUNTED, INTERPOLATED, REMAINDER
from native.ranges.algebra import Column, bad_events, summed
from slo.selector import Labels, Selector
from slo.sli import Bad, Counted, Events, Interpolated, Remainder
from slo.vector import Vector

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
    """Bad and total events by the formulas above: those of `native.ranges.algebra`, instance by instance."""
    sides = {selector: side(selector) for selector in sli.selectors}
    instances = tuple(sorted({labels for vector in sides.values() for labels in vector.instances}))
    kind, counted, weight = formula(sli.bad)
    columns = {selector: _column(vector.over(instances)) for selector, vector in sides.items()}
    total = summed([columns[selector] for selector in sli.total])
    bad = bad_events(kind, [columns[selector] for selector in counted], total, weight)
    return Burn(_vector(instances, bad), _vector(instances, total))


def formula(bad: Bad) -> tuple[int, tuple[Selector, ...], float]:
    """How bad events follow from which sides: the kind of formula, its selectors, and its weight."""
    match bad:
        case Counted(counters):
            return COUNTED, counters, 0.0
        case Remainder(good):
            return (REMAINDER if bad.zero_when_absent else BUCKET), good, 0.0
        case Interpolated(lower, upper, weight):
            return INTERPOLATED, (lower, upper), float(weight)


def _column(vector: Vector) -> Column:
    return vector.values, vector.present


def _vector(instances: tuple[Labels, ...], column: Column) -> Vector:
    values, present = column
    return Vector(instances, np.where(present, values, 0.0), present)
