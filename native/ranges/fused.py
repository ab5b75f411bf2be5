"""The fused path in Python: from samples to the transitions of alerts, each step in the words of the specification."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native.ranges.algebra import Column, bad_events, error_ratio, summed
from native.ranges.profile import PROM_3_5, Profile
from native.ranges.program import Flags, Places, Program, holding
from native.ranges.series import Series, require_ascending
from native.ranges.twin import aggregate, increase, sum_over_time


def transitions(series: Series, program: Program, at: Places, profile: Profile = PROM_3_5, threads: int = 1) -> Places:
    """Every change of every alert's status: rows of alert, place in `at`, new status; by alert, then by time.

    Statuses are 0 inactive, 1 pending, 2 firing. All alerts are inactive before the first evaluation.
    `threads` are the kernel's business.
    """
    del threads
    require_ascending(at)
    if not len(at):
        return np.empty((0, 3), np.int64)
    reading = _Reading(series, program, at, profile)
    rows = [
        (alert, place, status)
        for alert in range(len(program.holds))
        for place, status in _course(
            holding(_item(program.condition_offsets, program.conditions, alert).tolist(), reading.burning),
            at,
            int(program.holds[alert]),
            int(program.keeps[alert]),
        )
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def _course(held: Flags, at: Places, hold: int, keep: int) -> list[tuple[int, int]]:
    """Prometheus' state machine (`AlertingRule.Eval`), one alert through all evaluations."""
    found = []
    status, active_at, kept_since = 0, 0, None
    for place, (holds, now) in enumerate(zip(held.tolist(), at.tolist(), strict=True)):
        before = status
        if holds:
            kept_since = None
            if status == 0:
                status, active_at = 1, now
            if status == 1 and now - active_at >= hold:
                status = 2
        elif status == 2 and keep > 0:  # noqa: PLR2004  firing
            kept_since = now if kept_since is None else kept_since
            status = 2 if now - kept_since < keep else 0
        else:
            status = 0
        if status != before:
            found.append((place, status))
    return found


class _Reading:
    """The columns of one program, each computed as it is asked for."""

    def __init__(self, series: Series, program: Program, at: Places, profile: Profile) -> None:
        self._series = series
        self._program = program
        self._at = at
        self._profile = profile

    def burning(self, nth: int) -> Flags:
        program = self._program
        ratio, present = self._error_ratio(int(program.burning_ratios[nth]), int(program.burning_windows[nth]))
        with np.errstate(invalid="ignore"):
            burns: Flags = present & (ratio > program.thresholds[nth])
        return burns

    def _error_ratio(self, ratio: int, window: int) -> Column:
        length, of = int(self._program.windows[window]), int(self._program.composed_of[window])
        if of == 0:
            return error_ratio(*self._events(ratio, length, self._at))
        interval = self._program.interval
        fitting = length // interval + 1 if self._profile.closed else -(-length // interval)
        begin = int(self._at[0]) - (fitting - 1) * interval
        slots = np.arange(begin, int(self._at[-1]) + 1, interval, dtype=np.int64)
        stride = int(self._at[1] - self._at[0]) // interval if len(self._at) > 1 else 1
        within = len(slots) - (len(self._at) - 1) * stride
        points = self._events(ratio, of, slots)
        rows = ((np.where(present, values, 0.0)[None], present[None]) for values, present in points)
        bad, total = (sum_over_time(*row, within, stride) for row in rows)
        return error_ratio((bad[0][0], bad[1][0]), (total[0][0], total[1][0]))

    def _events(self, ratio: int, length: int, at: Places) -> tuple[Column, Column]:
        program = self._program
        raised = _Sides(program, self._profile, *increase(self._series, at, np.array([length]), self._profile))
        total = summed(raised.of(_item(program.total_offsets, program.total_sides, ratio)))
        sides = raised.of(_item(program.bad_offsets, program.bad_sides, ratio))
        return bad_events(int(program.kinds[ratio]), sides, total, float(program.weights[ratio])), total


@dataclass(frozen=True, slots=True)
class _Sides:
    """`sum(increase(selector[window]))` of the sides of a program, out of the increases of every series."""

    program: Program
    profile: Profile
    raised: NDArray[np.float64]
    present: NDArray[np.bool_]

    def of(self, sides: Places) -> list[Column]:
        return [self._sum(_item(self.program.side_offsets, self.program.side_series, side)) for side in sides.tolist()]

    def _sum(self, members: Places) -> Column:
        group = np.array([0, len(members)], np.int64)
        values, found = aggregate("sum", self.raised[0][members], self.present[0][members], group, self.profile)
        return values[0], found[0]


def _item(offsets: Places, items: Places, place: int) -> Places:
    return items[offsets[place] : offsets[place + 1]]
