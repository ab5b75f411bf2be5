"""Who is told when: the alerts that Alertmanager has to hear of after an evaluation.

Alertmanager forgets an alert at its `ends_at`, so a firing alert is sent again and again, and a resolved one for as
long as it is remembered. An alert is sent at an evaluation or not at all: `RESEND_DELAY` is the least that lies between
two messages, the evaluation exactly that much later still waits for the next one.
"""

from dataclasses import dataclass, replace
from typing import Final

from slo.alerts.state import State
from slo.duration import Duration

RESEND_DELAY: Final = Duration.parse("1m")
_MISSES: Final = 4
"""Evaluations or messages that may fail before a firing alert is taken for resolved, and one."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What a message says beside labels and annotations: since when it fires, and until when that is to be believed.

    Times in ms since the epoch; `ends_at` of a resolved alert lies not after the evaluation that sends it.
    """

    starts_at: int
    ends_at: int


def notify(
    state: State, at: int, interval: Duration, resend_delay: Duration = RESEND_DELAY
) -> tuple[State, Notification | None]:
    """The message that is due after an evaluation at `at`, if any, and the state after sending it.

    `interval` is that between evaluations. After an evaluation that failed nothing is due: do not ask.
    """
    if state.fired_at is None or not _due(state, at, resend_delay):
        return state, None
    believed = at + _MISSES * max(interval, resend_delay).ms
    ends_at = believed if state.resolved_at is None else state.resolved_at
    return replace(state, sent_at=at), Notification(state.fired_at, ends_at)


def _due(state: State, at: int, resend_delay: Duration) -> bool:
    if state.sent_at is None or (state.resolved_at is not None and state.resolved_at > state.sent_at):
        return True
    return state.sent_at + resend_delay.ms < at
