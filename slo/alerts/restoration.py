"""How an alert that waits to fire survives a restart: its `active_at` as it was recorded before the downtime.

The rule records the begin of every active alert in whole seconds as `ALERTS_FOR_STATE`. After the second evaluation
since the start (the first may not have seen enough data), and before anything is recorded anew, the alerts that are
active again take it up. The downtime counts as no time: what was left of `hold` is still left, but never less than
`GRACE`, so that one evaluation after a restart, which may mislead, cannot fire. Only an alert that had already
waited long enough fires at the next evaluation. Rules with a `hold` under `GRACE` start anew.
"""

from dataclasses import dataclass, replace
from typing import Final

from slo.alerts.state import State, Terms
from slo.duration import Duration

GRACE: Final = Duration.parse("10m")
OUTAGE_TOLERANCE: Final = Duration.parse("1h")
"""The longest downtime after which anything is taken up."""
_SECOND: Final = 1000


@dataclass(frozen=True, slots=True)
class ForState:
    """The last sample of an alert's `ALERTS_FOR_STATE`: its time in ms, and its value in seconds since the epoch.

    `active_at` is None for a stale marker: the alert was not active.
    """

    written_at: int
    active_at: float | None


def restored(
    state: State,
    before: ForState | None,
    at: int,
    terms: Terms,
    *,
    grace: Duration = GRACE,
    tolerance: Duration = OUTAGE_TOLERANCE,
) -> State:
    """The state at `at`, in ms, that takes up what was recorded before the downtime; unchanged where nothing was."""
    if state.status == "inactive" or terms.hold < grace or before is None or before.active_at is None:
        return state
    if not at - tolerance.ms <= before.written_at <= at:
        return state
    down_at = before.written_at // _SECOND * _SECOND
    active_at = int(before.active_at) * _SECOND
    left = terms.hold.ms - (down_at - active_at)
    if left > 0:
        active_at = at + grace.ms - terms.hold.ms if left < grace.ms else active_at + (at - down_at)
    return replace(state, active_at=active_at)
