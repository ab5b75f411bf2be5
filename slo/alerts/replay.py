"""Many alert instances over a stretch of time: `step` after every evaluation, worked out from the flanks alone.

The answer is a list of transitions. A transition is (alert, time, new status): the evaluation at that index left the
alert in another status than it had found, every alert being inactive before the first. Statuses are numbers: 0
inactive, 1 pending, 2 firing. In words, for each alert on its own, over its evaluations in order:

1. A run is a longest stretch of evaluations at which the condition holds, a gap what lies between two runs.
2. A run that meets the alert inactive makes it active at its first evaluation, b. The alert fires at the first
   evaluation t of the run with t - b >= hold, if there is one: (alert, t, 2). Where that is not b itself, it was
   pending before: (alert, b, 1).
3. If it has not fired when the run ends, the first evaluation after the run makes it inactive: (alert, e, 0).
4. If it fires when the run ends, it goes on firing until the first evaluation t of the gap with
   t - e >= keep_firing_for, e being the first of the gap: (alert, t, 0). With none of `keep_firing_for` that is e.
5. Where the gap has no such evaluation the next run meets the alert firing: nothing happens, neither then nor at the
   next `hold`. Where the evaluations end, so do the transitions.

An evaluation that failed changes nothing, so it is left out; so is one that was missed. Nothing but differences of
times is compared, and times may lie at any distance.
"""

import numpy as np

from slo.alerts.batch import FIRING, INACTIVE, NEVER, PENDING, Batch, Lengths, Times
from slo.alerts.history import History, Transitions
from slo.alerts.runs import Runs, runs
from slo.alerts.state import RETENTION
from slo.vector import Flags


def replay(holding: Flags, at: Times, hold: Lengths, keep_firing_for: Lengths = 0) -> History:
    """The history of alerts whose conditions were `holding`, (alert, time), at evaluations `at`, ascending, in ms.

    An alert that was active before the first evaluation seems to begin with it.
    """
    found = runs(holding, at, hold, keep_firing_for)
    return History(at, _transitions(found, len(at)), _final(found, at, len(holding)))


def _transitions(runs: Runs, count: int) -> Transitions:
    pending = np.flatnonzero((runs.lit >= runs.number) & (runs.begin < runs.fires))
    firing = np.flatnonzero(runs.lit == runs.number)
    inactive = np.flatnonzero(runs.over < count)
    run = np.concatenate((pending, firing, inactive))
    time = np.concatenate((runs.begin[pending], runs.fires[firing], runs.over[inactive]))
    status = np.repeat(np.array((PENDING, FIRING, INACTIVE)), (len(pending), len(firing), len(inactive)))
    order = np.lexsort((time, runs.alert[run]))
    return Transitions(runs.alert[run][order], time[order], status[order])


def _final(runs: Runs, at: Times, alerts: int) -> Batch:
    """The states after the last evaluation: the last run of each alert decides."""
    last = np.flatnonzero(np.diff(runs.alert, append=alerts))
    alert, lit, over, end = (each[last] for each in (runs.alert, runs.lit, runs.over, runs.end))
    times = np.append(at, NEVER)
    active, firing, count = over == len(at), lit <= last, len(at)
    known = active | (firing & (times[over] >= at[-1:] - RETENTION.ms))
    began = np.where(firing, lit, last)
    status = np.where(active, np.where(firing, FIRING, PENDING), INACTIVE)
    marks = (
        at[runs.begin[began]],
        np.where(firing, times[np.minimum(runs.fires[began], count)], NEVER),
        np.where(firing & active, times[end], NEVER),
        np.where(firing, times[over], NEVER),
        np.full(len(last), NEVER),
    )
    ends = Batch(status, np.stack(marks))
    return Batch.inactive(alerts).but(alert[known], ends.only(np.flatnonzero(known)))
