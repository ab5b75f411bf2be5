"""One alert instance, evaluation by evaluation.

A condition that begins to hold makes the alert pending. Once it has held for `hold` the alert fires, in the same
evaluation for a `hold` of zero. The first evaluation at which it does not hold ends a pending alert without a trace; a
firing one goes on firing for `keep_firing_for`, and is active as before if the condition comes back by then. After that
it is inactive but resolved, which people must be told of, and is forgotten when that was longer ago than `RETENTION`
or when the condition begins to hold again.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from slo.duration import Duration

Status: TypeAlias = Literal["inactive", "pending", "firing"]
Verdict: TypeAlias = bool | None
"""Whether the condition holds; None where it could not be evaluated."""

_AT_ONCE: Final = Duration(0)
RETENTION: Final = Duration.parse("15m")
"""How long a resolved alert is remembered, so that somebody hears of it even if the first message is lost."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule asks for: how long its condition must hold, and how long the alert outlasts it."""

    hold: Duration = _AT_ONCE
    keep_firing_for: Duration = _AT_ONCE


@dataclass(frozen=True, slots=True)
class State:
    """The state of one alert instance; times are evaluations, in ms since the epoch.

    `active_at`: the condition began to hold; `fired_at`: the alert began to fire; `keep_firing_since`: the condition no
    longer holds, but the alert fires; `resolved_at`: it ceased to fire; `sent_at`: somebody was last told. None where
    that has not happened. A resolved alert keeps the other times, but for `keep_firing_since`, until it is forgotten.
    """

    status: Status = "inactive"
    active_at: int | None = None
    fired_at: int | None = None
    keep_firing_since: int | None = None
    resolved_at: int | None = None
    sent_at: int | None = None

    @property
    def active_since(self) -> int | None:
        """When the condition began to hold, None for an alert that is not active."""
        return None if self.status == "inactive" else self.active_at


INACTIVE: Final = State()


def step(state: State, verdict: Verdict, at: int, terms: Terms) -> State:
    """The state after an evaluation at `at`, in ms; the same as before where there is no verdict."""
    if verdict is None:
        return state
    return _held(state, at, terms.hold) if verdict else _missed(state, at, terms.keep_firing_for)


def _held(state: State, at: int, hold: Duration) -> State:
    if state.status == "firing":
        return replace(state, keep_firing_since=None)
    active_at = at if state.active_at is None or state.status == "inactive" else state.active_at
    return State("firing", active_at, at) if at - active_at >= hold.ms else State("pending", active_at)


def _missed(state: State, at: int, keep_firing_for: Duration) -> State:
    if state.status == "firing":
        since = at if state.keep_firing_since is None else state.keep_firing_since
        if at - since < keep_firing_for.ms:
            return replace(state, keep_firing_since=since)
        return replace(state, status="inactive", keep_firing_since=None, resolved_at=at)
    if state.resolved_at is not None and at - state.resolved_at <= RETENTION.ms:
        return state
    return INACTIVE
