"""When an alert is pending and when it fires: the state machine of Prometheus' alerting rules, per instance.

Source: `AlertingRule.Eval` in Prometheus' rules/alerting.go. A condition that begins to hold makes the alert
pending; once it has held for `hold` the alert fires, in the same evaluation for a `hold` of zero; the first
evaluation at which it does not hold ends both. `active_at` is the evaluation at which it began to hold.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from slo.duration import Duration
from slo.vector import Flags, Grid

Status = Literal["inactive", "pending", "firing"]


@dataclass(frozen=True, slots=True)
class State:
    """The state of one alert instance; `active_at` in ms since the epoch, None while inactive."""

    status: Status = "inactive"
    active_at: int | None = None


INACTIVE: Final = State()


def step(state: State, hold: Duration, at: int, *, holding: bool) -> State:
    """The state after an evaluation at `at` that found the condition `holding` or not."""
    if not holding:
        return INACTIVE
    active_at = at if state.active_at is None else state.active_at
    return State("firing" if at - active_at >= hold.ms else "pending", active_at)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """States over time: (instance, time) flags, and the time since when in ms, meaningless while not active."""

    active: Flags
    firing: Flags
    active_at: NDArray[np.int64]

    def last(self, instance: int) -> State:
        """The state of an instance after the last evaluation."""
        if not self.active[instance, -1]:
            return INACTIVE
        return State("firing" if self.firing[instance, -1] else "pending", int(self.active_at[instance, -1]))


def replay(holding: Flags, grid: Grid, hold: Duration) -> History:
    """The states of `step` after every evaluation of a grid, all alerts inactive before the first.

    An alert that was active before the grid begins seems to start with it.
    """
    begins = holding.copy()
    begins[:, 1:] &= ~holding[:, :-1]
    since = np.maximum.accumulate(np.where(begins, np.arange(grid.count), 0), axis=1)
    active_at = grid.times[since]
    return History(holding, holding & (grid.times - active_at >= hold.ms), active_at)
