"""Where live evaluation begins: what history says, at some evaluation, of composed sums and of alerts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile, Series, increase, transitions
from native.ranges.algebra import Column
from slo.alerts import Batch
from slo.alerts.batch import FIRING, INACTIVE, NEVER, Times
from slo.horizon import watched
from slo.program import Compiled
from slo.rounds.counts import Counts
from slo.rounds.layout import UNCERTAIN, evaluations
from slo.rounds.sums import RunningSums
from slo.vector import Grid
from slo.window import Composed

_BLOCK: Final = 1 << 22
"""Increases that are worked out at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Series of a program, with their samples as far back as its windows and the replay of its alerts reach."""

    compiled: Compiled
    series: Series
    profile: Profile

    def sums(self, window: Composed, at: int) -> tuple[RunningSums, RunningSums]:
        """Bad and total points of a composed window at `at`, but for those that are not certain yet."""
        interval = self.compiled.program.interval
        settled = Grid(
            at - UNCERTAIN * interval, interval, evaluations(window, interval, closed=self.profile.closed) - UNCERTAIN
        )
        counts = Counts.of(self.compiled.program, self.profile)
        size = max(1, _BLOCK // max(1, len(self.series)))
        found: tuple[RunningSums, RunningSums] | None = None
        for first in range(0, settled.count, size):
            events = counts.events(*self._increases(settled.times[first : first + size], window.of.ms))
            bad, total = (RunningSums.of(_by_ratio(column)) for column in events)
            found = (bad, total) if found is None else (found[0].and_(bad), found[1].and_(total))
        if found is None:
            raise ValueError(f"{window.length} holds too few evaluations {interval} ms apart")
        return found

    def states(self, at: int) -> Batch:
        """The states of the program's alerts after the evaluation at `at`, each replayed as far back as `watched`."""
        program, watches = self.compiled.program, self.compiled.watches
        begins = np.array([int(watched(watch.plan, watch.alert, at).times[0]) for watch in watches], np.int64)
        count = 1 + (at - int(begins.min(initial=at))) // program.interval
        times = Grid(at, program.interval, count).times
        return _final(transitions(self.series, program, times, self.profile), times, begins, program.holds)

    def _increases(self, times: NDArray[np.int64], length: int) -> Column:
        """(time, series)."""
        raised, present = increase(self.series, times, np.array([length], np.int64), self.profile)
        return raised[0].T, present[0].T


def _by_ratio(column: Column) -> Column:
    return np.ascontiguousarray(column[0].T), np.ascontiguousarray(column[1].T)


def _final(changes: NDArray[np.int64], times: NDArray[np.int64], begins: NDArray[np.int64], holds: Times) -> Batch:
    """States after the last evaluation, from changes of status (alert, place in `times`, status).

    An alert that was active before its own replay begins seems to begin with it.
    """
    alert, place, status = changes.T
    before = np.where(np.diff(alert, prepend=-1) != 0, 0, np.roll(status, 1))
    batch = Batch.inactive(len(begins))
    batch.status[alert] = status  # of several the last one stands
    active_at, fired_at = batch.times[0], batch.times[1]
    starts, fires = before == 0, status == FIRING
    active_at[alert[starts]] = np.maximum(times[place[starts]], begins[alert[starts]])
    fired_at[alert[fires]] = np.maximum(times[place[fires]], begins[alert[fires]] + holds[alert[fires]])
    batch.times[:, batch.status == INACTIVE] = NEVER
    return batch
