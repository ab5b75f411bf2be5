"""The verdict on a vLLM server, from what is remembered of it: a pure function of memory and time.

What the page shows comes first, what a canary found out comes after it, and `evidence` names what a verdict rests on.
Only a canary tells a frozen engine from an idle one: to both belong /health 200 and a page of zeros.
"""

from dataclasses import dataclass
from enum import StrEnum

from exporter.targets.answer import Failed, Reason
from exporter.targets.vllm.memory import Memory, Outcome


class Verdict(StrEnum):
    """What a server does; exactly one holds, or none where nothing is known."""

    SERVING = "serving"
    IDLE = "idle"
    STALLED = "stalled"
    DEAD = "dead"
    STARTING = "starting"
    DRAINING = "draining"


class Evidence(StrEnum):
    """What a verdict rests on."""

    TOKENS = "tokens"
    """The engine's counters rose between the two newest pages."""
    GAUGES = "gauges"
    """The newest page alone: its queue is empty, or is not and has not stood still for long."""
    STANDSTILL = "standstill"
    """The page shows requests, and for `stalled_after` no counter of that engine rose."""
    REQUESTS = "requests"
    """No page of vLLM's own: whether requests ended of late, by the count of the HTTP server."""
    SLEEP = "sleep"
    """Every engine says that it sleeps."""
    CANARY = "canary"
    """How the newest completion of ours ended."""
    HEALTH = "health"
    """/health itself: a status 5xx, or no answer in time."""
    REFUSED = "refused"
    """Nobody listens."""
    POD = "pod"
    """Kubernetes: the pod is being deleted, or its container has just started."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: work without progress until it is a stall, silence until a start failed, and the age of an old page."""

    stalled_after: float = 30.0
    starting_for: float = 600.0
    page_age: float = 15.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on."""

    verdict: Verdict
    evidence: Evidence


_OF_CANARY = {
    Outcome.ANSWERED: Verdict.IDLE,
    Outcome.TIMEOUT: Verdict.STALLED,
    Outcome.ERROR: Verdict.DEAD,
    Outcome.REFUSED: Verdict.DRAINING,
}


def judge(memory: Memory, now: float, patience: Patience) -> Judgement | None:
    """What the server does at `now` (the clock of `memory`); None if what is known supports no verdict."""
    if memory.health is None:
        return None
    if memory.pod.terminating:
        return Judgement(Verdict.DRAINING, Evidence.POD)
    if memory.health.failure is not None:
        return _unhealthy(memory, memory.health.failure, now, patience)
    if memory.page is None or now - memory.page_at > patience.page_age:
        return _by_canary(memory)
    return _by_page(memory, now, patience)


def _unhealthy(memory: Memory, failure: Failed, now: float, patience: Patience) -> Judgement | None:
    if failure.reason is Reason.REFUSED:
        return _refused(memory, now, patience)
    if failure.reason is Reason.TIMEOUT:
        return Judgement(Verdict.STALLED, Evidence.HEALTH)
    if not memory.unwell:
        return None
    if memory.works_while_unhealthy:
        return Judgement(Verdict.DRAINING, Evidence.TOKENS)
    return Judgement(Verdict.DEAD, Evidence.HEALTH)


def _refused(memory: Memory, now: float, patience: Patience) -> Judgement:
    started = memory.pod.started_at
    if started is not None and started > (memory.answered_at or 0) and now - started < patience.starting_for:
        return Judgement(Verdict.STARTING, Evidence.POD)
    if memory.answered_at is None and now - memory.began < patience.starting_for:
        return Judgement(Verdict.STARTING, Evidence.REFUSED)
    return Judgement(Verdict.DEAD, Evidence.REFUSED)


def _by_page(memory: Memory, now: float, patience: Patience) -> Judgement | None:
    if any(seen.engine.busy and now - seen.moved_at >= patience.stalled_after for seen in memory.engines):
        return Judgement(Verdict.STALLED, Evidence.STANDSTILL)
    if memory.rising:
        return Judgement(Verdict.SERVING, Evidence.TOKENS if memory.logged else Evidence.REQUESTS)
    if any(seen.engine.busy for seen in memory.engines):
        return Judgement(Verdict.SERVING, Evidence.GAUGES)
    if memory.engines and all(seen.engine.asleep for seen in memory.engines):
        return Judgement(Verdict.IDLE, Evidence.SLEEP)
    if not memory.logged and memory.moved_at is not None and now - memory.moved_at < patience.stalled_after:
        return Judgement(Verdict.SERVING, Evidence.REQUESTS)
    weak = Evidence.GAUGES if memory.logged else Evidence.REQUESTS
    return _by_canary(memory) or Judgement(Verdict.IDLE, weak)


def _by_canary(memory: Memory) -> Judgement | None:
    """What the newest canary says, unless the server has worked for somebody since it was sent."""
    trial = memory.trial
    if trial is None or trial.outcome not in _OF_CANARY or (memory.moved_at or 0) > trial.began:
        return None
    return Judgement(_OF_CANARY[trial.outcome], Evidence.CANARY)
