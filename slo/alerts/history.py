"""What became of alerts over time: the transitions, and what they say of every evaluation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slo.alerts.batch import FIRING, INACTIVE, Batch, Times
from slo.vector import Flags


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """Changes of status by alert and time: an entry for each in (transition) arrays.

    `time` is the index of the evaluation, `status` the number of the new status: 0 inactive, 1 pending, 2 firing.
    """

    alert: NDArray[np.intp]
    time: NDArray[np.intp]
    status: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The states of alerts after each of the evaluations `at`, in ms; `final` after the last, nobody told of any."""

    at: Times
    transitions: Transitions
    final: Batch

    @property
    def status(self) -> NDArray[np.int8]:
        """The number of the status as (alert, time)."""
        status = self.transitions.status
        return self._spread(np.ones(len(status), np.bool_), status).astype(np.int8)

    @property
    def active(self) -> Flags:
        """Where an alert is pending or firing, as (alert, time)."""
        active: Flags = self.status != INACTIVE
        return active

    @property
    def firing(self) -> Flags:
        """Where an alert fires, as (alert, time)."""
        firing: Flags = self.status == FIRING
        return firing

    @property
    def active_at(self) -> Times:
        """Since when an alert is active, as (alert, time) in ms; meaningless where it is not."""
        changes = self.transitions
        before = np.where(np.diff(changes.alert, prepend=-1), INACTIVE, np.roll(changes.status, 1))
        begins = before == INACTIVE
        return self._spread(begins, self.at[changes.time[begins]])

    def _spread(self, chosen: Flags, values: NDArray[np.int8] | Times) -> Times:
        """A value for each chosen transition, from it on until the next chosen one of the alert; 0 before the first."""
        alerts, count = len(self.final.status), len(self.at)
        cells = (self.transitions.alert * count + self.transitions.time)[chosen]
        starts = np.concatenate((count * np.arange(alerts), cells))
        order = np.argsort(starts, kind="stable")
        lengths = np.diff(starts[order], append=alerts * count)
        spread = np.repeat(np.concatenate((np.zeros(alerts, np.int64), values))[order], lengths)
        return spread.reshape(alerts, count)
