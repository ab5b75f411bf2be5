"""Bad and total events out of summed sides: the formulas of error ratios, over arrays of any shape.

bad = side or 0 * total                          COUNTED
    = total - (good or 0 * total)                REMAINDER
    = total - good                               BUCKET
    = total - (lower + (upper - lower) * weight) INTERPOLATED

Several sides of one kind are added from left to right; one that is absent where another is present counts as 0 times
the next that is not. A column is a pair of values and presence; where nothing is present a value means nothing.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = tuple[NDArray[np.float64], NDArray[np.bool_]]

COUNTED: Final = 0
REMAINDER: Final = 1
BUCKET: Final = 2
INTERPOLATED: Final = 3


def summed(sides: Sequence[Column]) -> Column:
    """The events of all sides."""
    zeros = [nothing(side) for side in sides]
    filled = [reduce(otherwise, (side, *zeros[:i], *zeros[i + 1 :])) for i, side in enumerate(sides)]
    return reduce(lambda left, right: joined(left, right, np.add), filled)


def bad_events(kind: int, sides: Sequence[Column], total: Column, weight: float | NDArray[np.float64] = 0.0) -> Column:
    """The bad ones of the total by the formula of a kind; `weight` is that of interpolated ones."""
    if kind == COUNTED:
        return otherwise(summed(sides), nothing(total))
    if kind == INTERPOLATED:
        lower, upper = sides
        within, present = joined(upper, lower, np.subtract)
        good = joined(lower, (within * weight, present), np.add)
    else:
        good = otherwise(summed(sides), nothing(total)) if kind == REMAINDER else summed(sides)
    return joined(total, good, np.subtract)


def error_ratio(bad: Column, total: Column) -> Column:
    """`bad / total`: present where both are, NaN without events."""
    return joined(bad, total, np.divide)


def otherwise(left: Column, right: Column) -> Column:
    """`left or right`."""
    return np.where(left[1], left[0], right[0]), left[1] | right[1]


def joined(left: Column, right: Column, operator: Callable[..., NDArray[np.float64]]) -> Column:
    """`left <operator> right` where both are present."""
    with np.errstate(all="ignore"):
        return operator(left[0], right[0]), left[1] & right[1]


def nothing(column: Column) -> Column:
    """`0 * column`: NaN for what is not finite, as in Prometheus."""
    with np.errstate(invalid="ignore"):
        return 0 * column[0], column[1]
