"""What the budget of a period is charged with: the evaluations that count, and those that corrections exclude."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from native.ranges import sum_over_time
from slo.burn import Burn
from slo.duration import Duration
from slo.spec import Slo
from slo.vector import Flags, Grid, Vector


@dataclass(frozen=True, slots=True)
class Period:
    """The time over which a budget is counted at `at`: evaluations in (start, at], all in ms since the epoch.

    A rolling period ends at `at`, one of a calendar at the next midnight at which one begins. An evaluation looks
    back, so that at the end of a period it still speaks of that one.
    """

    start: int
    end: int
    at: int

    @classmethod
    def of(cls, slo: Slo, at: int) -> Self:
        """The period of a row at `at`."""
        if slo.calendar is None:
            return cls(at - slo.window.ms, at, at)
        return cls(slo.calendar.begin(at - 1), slo.calendar.end(at - 1), at)

    @property
    def length(self) -> Duration:
        """How long it is in the end."""
        return Duration(self.end - self.start)

    @property
    def elapsed(self) -> Duration:
        """How much of it has gone by."""
        return Duration(self.at - self.start)

    def evaluations(self, interval: int, *, closed: bool = False) -> Grid:
        """Its evaluations up to now, every `interval` ms; that at its start counts where windows are `closed`."""
        return Grid(self.at, interval).before(self.elapsed.ms, interval, closed=closed)


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """What a budget is charged with at one time: bad and total of the evaluations that count.

    `coverage` is the measured share of those evaluations, absent where none counts. `excluded` are bad and total of
    what each correction excludes, in their order. All are (instance, 1), and sums over evaluations: an event counts in
    each that sees it.
    """

    charged: Burn
    coverage: Vector
    excluded: tuple[Burn, ...]

    @classmethod
    def of(cls, recorded: Burn, by: NDArray[np.int64], corrections: int) -> Self:
        """The sums over evaluations, given by evaluation with the correction that excludes it, as `excluding` says."""
        counts = by < 0
        measured = recorded.total.present[:, counts]
        shares = measured.mean(axis=1, keepdims=True) if counts.any() else np.zeros((len(measured), 1))
        coverage = Vector(recorded.total.instances, shares, np.full(shares.shape, counts.any()))
        excluded = tuple(_summed(recorded, by == position) for position in range(corrections))
        return cls(_summed(recorded, counts), coverage, excluded)


def _summed(burn: Burn, chosen: Flags) -> Burn:
    return Burn(_total(burn.bad, chosen), _total(burn.total, chosen))


def _total(side: Vector, chosen: Flags) -> Vector:
    length = int(chosen.sum())
    if not length:
        nothing = np.zeros((len(side.instances), 1))
        return Vector(side.instances, nothing, nothing > 0)
    values, present = side.values[:, chosen], side.present[:, chosen]
    return Vector(side.instances, *sum_over_time(values, present, length, 1))
