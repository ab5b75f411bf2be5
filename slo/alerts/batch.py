"""Many alert instances at one evaluation: `step` and `notify` for all of them, in a fixed number of passes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from slo.alerts.notification import RESEND_DELAY
from slo.alerts.state import RETENTION, State, Status
from slo.duration import Duration
from slo.vector import Flags

Times: TypeAlias = NDArray[np.int64]
Lengths: TypeAlias = int | Times
"""Lengths of time in ms: one for all alerts, or an (alert) array."""

STATUSES: Final[tuple[Status, ...]] = ("inactive", "pending", "firing")
"""Statuses by their number."""
INACTIVE, PENDING, FIRING = (np.int8(number) for number in range(3))
NEVER: Final = np.int64(np.iinfo(np.int64).min)
"""What has not happened: before every time."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The states of many alerts: numbers of statuses, (alert) int8, beside the times of `State`, (5, alert).

    Rows of `times`, in ms or `NEVER`: active_at, fired_at, keep_firing_since, resolved_at, sent_at.
    """

    status: NDArray[np.int8]
    times: Times

    @classmethod
    def inactive(cls, alerts: int) -> "Batch":
        """Alerts of which nothing is known."""
        return cls(np.zeros(alerts, np.int8), np.full((5, alerts), NEVER))

    @classmethod
    def of(cls, states: Sequence[State]) -> "Batch":
        """The same states as arrays."""
        rows = [(s.active_at, s.fired_at, s.keep_firing_since, s.resolved_at, s.sent_at) for s in states]
        times = [[NEVER if time is None else time for time in row] for row in rows]
        status = np.array([STATUSES.index(state.status) for state in states], np.int8)
        return cls(status, np.array(times, np.int64).reshape(-1, 5).T)

    def __getitem__(self, alert: int) -> State:
        """The state of one alert."""
        times = (None if time == NEVER else int(time) for time in self.times[:, alert])
        return State(STATUSES[self.status[alert]], *times)

    def known(self) -> list[int]:
        """The alerts of which anything is known."""
        found: list[int] = np.flatnonzero(self.times[0] != NEVER).tolist()
        return found

    def only(self, alerts: NDArray[np.intp]) -> "Batch":
        """The states of some alerts."""
        return Batch(self.status[alerts], self.times[:, alerts])

    def but(self, alerts: NDArray[np.intp], states: "Batch") -> "Batch":
        """The same states but for some alerts, which have others."""
        status, times = self.status.copy(), self.times.copy()
        status[alerts], times[:, alerts] = states.status, states.times
        return Batch(status, times)

    def due(self, at: int, resend_delay: Duration = RESEND_DELAY) -> Flags:
        """The alerts of which somebody has to be told after an evaluation at `at`."""
        _, fired_at, _, resolved_at, sent_at = self.times
        due: Flags = (fired_at != NEVER) & ((resolved_at > sent_at) | (sent_at + resend_delay.ms < at))
        return due

    def sent(self, told: Flags, at: int) -> "Batch":
        """The states after somebody was told of some alerts."""
        times = self.times.copy()
        times[-1, told] = at
        return Batch(self.status, times)


def advance(
    batch: Batch, holding: Flags, at: int, hold: Lengths, keep_firing_for: Lengths = 0, failed: Flags | None = None
) -> Batch:
    """The states after an evaluation at `at`, in ms; those of alerts whose evaluation `failed` are as before."""
    touched = holding | (batch.times[0] != NEVER)
    alerts = np.flatnonzero(touched if failed is None else touched & ~failed)
    hold, keep_firing_for = (np.broadcast_to(length, holding.shape)[alerts] for length in (hold, keep_firing_for))
    return batch.but(alerts, _advanced(batch.only(alerts), holding[alerts], at, hold, keep_firing_for))


def _advanced(batch: Batch, holding: Flags, at: int, hold: Times, keep_firing_for: Times) -> Batch:
    active_at, fired_at, keep_firing_since, resolved_at, sent_at = batch.times
    firing, inactive = batch.status == FIRING, batch.status == INACTIVE
    begins = holding & inactive
    active_at = np.where(begins, at, active_at)
    fires = holding & ~firing & (active_at + hold <= at)
    keep_firing_since = np.where(firing & ~holding, np.where(keep_firing_since == NEVER, at, keep_firing_since), NEVER)
    resolves = firing & ~holding & (keep_firing_since + keep_firing_for <= at)
    known = holding | firing | (inactive & (resolved_at >= at - RETENTION.ms))
    stays = known & ~begins
    times = (
        np.where(known, active_at, NEVER),
        np.where(fires, at, np.where(stays, fired_at, NEVER)),
        np.where(resolves, NEVER, keep_firing_since),
        np.where(resolves, at, np.where(stays, resolved_at, NEVER)),
        np.where(stays, sent_at, NEVER),
    )
    status = np.where(holding | (firing & ~resolves), np.where(firing | fires, FIRING, PENDING), INACTIVE)
    return Batch(status, np.stack(times))
