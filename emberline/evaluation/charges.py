"""What the budget of a plan is charged with at one time, once corrections and the calendar have had their say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from emberline.evaluation.horizon import slots
from emberline.evaluation.result import Excluded
from slo.budget import time_to_exhaustion
from slo.burn import Burn
from slo.correction import Correction
from slo.exclusion import excluding
from slo.period import Account, Period
from slo.plan import Plan
from slo.readings import Readings
from slo.selector import Labels
from slo.sli import Events, Expression, Slices
from slo.vector import Grid, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Charges:
    """Error ratio and coverage over the evaluations of a period that count; coverage is None for an expression.

    `excluded` are the corrections that reach into the period, with bad and total of the evaluations that they exclude,
    in events or slices. `paused` says that the evaluation at hand is excluded itself, `void` that all of them are.
    """

    period: Period
    error_ratio: Vector
    coverage: Vector | None
    excluded: tuple[tuple[Correction, Burn], ...] = ()
    paused: bool = False
    void: bool = False

    @classmethod
    def of(cls, plan: Plan, readings: Readings, at: int, reviewed: Grid) -> Self:
        """The charges of a plan at `at`, the last of the evaluations at which its whole period is `reviewed`.

        Without corrections or a calendar they are what the rules record.
        """
        period = Period.of(plan.slo, at)
        corrections = _reaching(plan, period)
        if isinstance(plan.sli, Expression) or not (corrections or plan.slo.calendar):
            ratio = readings.error_ratio(plan.sli, plan.period, reviewed)
            return cls(period, ratio.last(1), _coverage(plan, readings, reviewed))
        _, recorded, by = recorded_by(plan, plan.sli, readings, at)
        account = Account.of(recorded, by, len(corrections))
        excluded = tuple(zip(corrections, (_once(plan, burn) for burn in account.excluded), strict=True))
        charged = account.charged.error_ratio
        return cls(period, charged, account.coverage, excluded, bool(by[-1] >= 0), bool((by >= 0).all()))

    def covered(self, instances: tuple[Labels, ...]) -> Sequence[float | None]:
        """The measured share of what counts, by instance; None where nothing does, and for an expression."""
        if self.coverage is None or self.void:
            return [None] * len(instances)
        return [share or 0.0 for share in self.coverage.latest(instances)]

    def lasting(self, left: Vector, pace: Vector) -> Vector:
        """Seconds that what is `left` lasts at a burn rate; absent while paused: what burns then is not charged."""
        lasting = time_to_exhaustion(left, pace, self.period.length, self.period.elapsed)
        return lasting.over(()) if self.paused else lasting

    def corrections(self, instances: tuple[Labels, ...]) -> list[tuple[Excluded, ...]]:
        """What is excluded of each instance, and why."""
        told = [_excluded(correction, burn, instances) for correction, burn in self.excluded]
        return [tuple(each[row] for each in told) for row in range(len(instances))]


def recorded_by(plan: Plan, sli: Events | Slices, readings: Readings, at: int) -> tuple[Grid, Burn, NDArray[np.int64]]:
    """The evaluations of the period up to `at`, bad and total of each, and which correction excludes it.

    The correction is its place among those that reach into the period, negative where none does.
    """
    period = Period.of(plan.slo, at)
    grid = period.evaluations(plan.interval.ms, closed=readings.closed and not plan.slo.calendar)
    by = excluding(_reaching(plan, period), grid.times, _lookback(plan))
    return grid, readings.recorded(sli, slots(plan).of, grid), by


def _reaching(plan: Plan, period: Period) -> list[Correction]:
    span = _lookback(plan)
    return [each for each in plan.slo.corrections if each.from_ < period.at and each.to + span > period.start]


def _excluded(correction: Correction, burn: Burn, instances: tuple[Labels, ...]) -> list[Excluded]:
    pairs = zip(burn.bad.latest(instances), burn.total.latest(instances), strict=True)
    return [Excluded(correction, bad, total) for bad, total in pairs]


def _coverage(plan: Plan, readings: Readings, grid: Grid) -> Vector | None:
    """The measured share of the whole period; of an expression nothing is known."""
    match plan.sli:
        case Events() as events:
            return readings.coverage(events, slots(plan), grid).last(1)
        case Slices() as slices:
            return readings.slices.coverage(slices, plan.period.length, grid).last(1)
        case Expression():
            return None


def _lookback(plan: Plan) -> int:
    """How far an evaluation looks back, in ms: over what events are counted, or a slice reaches."""
    if isinstance(plan.sli, Slices):
        rate = plan.sli.series.rate
        return max(plan.interval.ms, rate.ms if rate else 0)
    return slots(plan).of.ms


def _once(plan: Plan, burn: Burn) -> Burn:
    """Bad and total in events or slices: an event is seen by every evaluation that looks back to it."""
    if isinstance(plan.sli, Slices):
        return burn
    share = plan.interval.ms / slots(plan).of.ms
    return Burn(*(side.map(lambda events: events * share) for side in (burn.bad, burn.total)))
