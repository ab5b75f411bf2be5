"""Where live evaluation begins: what history says, at some evaluation, of composed sums and of alerts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile, Series, increase, transitions
from native.ranges.algebra import Column
from slo.alerts import Batch
from slo.alerts.batch import FIRING, NEVER
from slo.duration import Duration
from slo.program import Compiled
from slo.rounds.counts import Counts
from slo.rounds.layout import points
from slo.rounds.sums import RunningSums
from slo.vector import Grid
from slo.window import Composed

REPLAYED: Final = Duration.parse("6h")
"""How long alerts are replayed beyond their longest `hold`: an older `active_at` is told as the first replayed."""
_BLOCK: Final = 1 << 22
"""Increases that are worked out at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Series of a program, with their samples as far back as its windows and the replay of its alerts reach."""

    compiled: Compiled
    series: Series
    profile: Profile

    def sums(self, window: Composed, at: int) -> tuple[RunningSums, RunningSums]:
        """Bad and total points of a composed window at `at`, but for the two youngest."""
        interval = self.compiled.program.interval
        settled = Grid(at - 2 * interval, interval, points(window, interval) - 2)
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
        """The states of the program's alerts after the evaluation at `at`, replayed from further back."""
        program = self.compiled.program
        longest = int(program.holds.max(initial=0))
        times = Grid(at, program.interval, 1 + (longest + REPLAYED.ms) // program.interval).times
        return _final(transitions(self.series, program, times, self.profile), times, len(program.holds))

    def _increases(self, times: NDArray[np.int64], length: int) -> Column:
        """(time, series)."""
        raised, present = increase(self.series, times, np.array([length], np.int64), self.profile)
        return raised[0].T, present[0].T


def _by_ratio(column: Column) -> Column:
    return np.ascontiguousarray(column[0].T), np.ascontiguousarray(column[1].T)


def _final(changes: NDArray[np.int64], times: NDArray[np.int64], alerts: int) -> Batch:
    """States after the last evaluation, from changes of status (alert, place in `times`, status)."""
    alert, place, status = changes.T
    before = np.where(np.diff(alert, prepend=-1) != 0, 0, np.roll(status, 1))
    batch = Batch.inactive(alerts)
    batch.status[alert] = status  # of several the last one stands
    active_at, fired_at = batch.times[0], batch.times[1]
    begins, fires = before == 0, status == FIRING
    active_at[alert[begins]] = times[place[begins]]
    fired_at[alert[fires]] = times[place[fires]]
    batch.times[:, batch.status == 0] = NEVER
    return batch
