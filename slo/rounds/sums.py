"""Running sums of recorded points, many at once: what joins and what leaves, in twice the precision of a float."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native.ranges.algebra import Column
from native.ranges.folds import rounding

Floats = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class RunningSums:
    """Sums of points that join and leave, and how many points they hold: of bad or of total, one for each ratio.

    A point that leaves takes away just what it brought: a sum is within one rounding of the sum of what it holds.
    Points that are no finite numbers are counted apart, so that a NaN is gone when it leaves.
    """

    high: Floats
    low: Floats
    points: NDArray[np.int64]
    odd: NDArray[np.int64]

    @classmethod
    def empty(cls, count: int) -> "RunningSums":
        """So many sums of nothing."""
        return cls.of((np.zeros((count, 0)), np.zeros((count, 0), np.bool_)))

    @classmethod
    def of(cls, points: Column) -> "RunningSums":
        """The sums of points that are there already, (ratio, point)."""
        values, present = points
        finite = np.isfinite(values)
        high, low = _total(np.where(present & finite, values, 0.0))
        odd = np.stack([(kind & present).sum(axis=1) for kind in _odd(values)])
        return cls(high, low, present.sum(axis=1), odd)

    def behind(self, other: "RunningSums") -> "RunningSums":
        """These sums, and those of `other` behind them."""
        return RunningSums(
            np.concatenate((self.high, other.high)),
            np.concatenate((self.low, other.low)),
            np.concatenate((self.points, other.points)),
            np.concatenate((self.odd, other.odd), axis=1),
        )

    def and_(self, other: "RunningSums") -> "RunningSums":
        """The sums of what both hold."""
        high, low = _added(self.high, self.low, other.high, other.low)
        return RunningSums(high, low, self.points + other.points, self.odd + other.odd)

    def only(self, chosen: NDArray[np.intp]) -> "RunningSums":
        """Some of the sums, in any order."""
        return RunningSums(self.high[chosen], self.low[chosen], self.points[chosen], self.odd[:, chosen])

    def join(self, points: Column) -> None:
        """Take one point for each sum, where it is present."""
        self._change(points, 1)

    def leave(self, points: Column) -> None:
        """Give back one point for each sum, where it is present; it must have joined before."""
        self._change(points, -1)

    def with_(self, *points: Column) -> Column:
        """The sums with some points more, which do not join."""
        sums = RunningSums(self.high.copy(), self.low.copy(), self.points.copy(), self.odd.copy())
        for each in points:
            sums.join(each)
        return sums.value(), sums.points > 0

    def value(self) -> Floats:
        """The sums, rounded once."""
        nan, above, below = self.odd > 0
        found = self.high + self.low
        found[above] = np.inf
        found[below] = -np.inf
        found[nan | (above & below)] = np.nan
        return found

    def _change(self, points: Column, sign: int) -> None:
        values, present = points
        self.points += sign * present
        finite = np.isfinite(values)
        if not finite.all():
            self.odd += sign * (_odd(values) & present)
        change = np.where(present & finite, sign * values, 0.0)
        self.high, self.low = _added(self.high, self.low, change, np.zeros_like(change))


def _odd(values: Floats) -> NDArray[np.bool_]:
    return np.stack((np.isnan(values), values == np.inf, values == -np.inf))


def _total(values: Floats) -> tuple[Floats, Floats]:
    """Sums of rows, by halves."""
    high, low = values, np.zeros_like(values)
    while high.shape[1] > 1:
        if high.shape[1] % 2:
            high, low = (np.pad(part, ((0, 0), (0, 1))) for part in (high, low))
        high, low = _added(high[:, ::2], low[:, ::2], high[:, 1::2], low[:, 1::2])
    return (high[:, 0], low[:, 0]) if high.shape[1] else (np.zeros(len(high)), np.zeros(len(high)))


def _added(high: Floats, low: Floats, other_high: Floats, other_low: Floats) -> tuple[Floats, Floats]:
    """Two sums as one; what rounding takes from the high part goes to the low one."""
    raised = high + other_high
    lost = (low + other_low) + rounding(high, other_high, raised)
    total = raised + lost
    return total, lost - (total - raised)
