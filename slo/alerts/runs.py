"""Runs of a condition over time, and what becomes of the alert in each: steps 1 to 5 of `replay`."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from slo.alerts.batch import Lengths, Times
from slo.vector import Flags

Indices: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs by alert and time, as arrays of one entry a run; times are indices of evaluations.

    `begin` is the first evaluation of the run, `end` the one after its last. `lit` is the number of the run in which
    the alert began to fire as it does when this run ends, `fires` the evaluation of that; a run that ends pending has
    a `lit` beyond itself. `over` is the evaluation that finds the alert inactive. Where evaluations end before one
    comes, or where the next run finds the alert still firing, `end` and `over` are the number of evaluations.
    """

    alert: Indices
    begin: Indices
    end: Indices
    fires: Indices
    lit: Indices
    over: Indices

    @property
    def number(self) -> Indices:
        """The runs, counted."""
        return np.arange(len(self.alert))


def runs(holding: Flags, at: Times, hold: Lengths, keep_firing_for: Lengths) -> Runs:
    """The runs of conditions, (alert, time), evaluated `at`, ascending, in ms; lengths in ms, of all alerts or each."""
    alert, begin, end = _found(holding)
    hold, keep_firing_for = (np.broadcast_to(length, len(holding))[alert] for length in (hold, keep_firing_for))
    fires = np.searchsorted(at, at[begin] + hold)
    follows = np.append(alert[1:] == alert[:-1], False)[: len(alert)]
    due = np.where(end < len(at), np.searchsorted(at, at[np.minimum(end, len(at) - 1)] + keep_firing_for), len(at))
    outlasts = follows & (due >= np.roll(begin, -1))
    lit = _lit(fires < end, outlasts)
    over = np.where(lit <= np.arange(len(alert)), np.where(outlasts, len(at), due), end)
    return Runs(alert, begin, end, fires, lit, over)


def _found(holding: Flags) -> tuple[Indices, Indices, Indices]:
    alerts, count = holding.shape
    # Each row ends in a gap, so that no run reaches into the next and rises and falls take turns.
    padded = np.zeros((alerts, count + 1), np.bool_)
    padded[:, :count] = holding
    flanks = np.flatnonzero(np.diff(padded.ravel(), prepend=False))
    alert, begin = np.divmod(flanks[::2], count + 1)
    return alert, begin, flanks[1::2] - alert * (count + 1)


def _lit(fires: Flags, outlasts: Flags) -> Indices:
    """The first run that fires of those that lie in one chain: between them the alert, once firing, does not cease."""
    number = np.arange(len(fires))
    heads = ~np.roll(outlasts, 1)
    chain = np.maximum.accumulate(np.where(heads, number, 0))
    firing = np.flatnonzero(fires)
    return np.append(firing, len(fires))[np.searchsorted(firing, chain)]
