"""What is remembered of a vLLM server between two looks at it: frozen, and advanced by what was seen."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from exporter.targets.answer import Failed
from exporter.targets.vllm.load import Engine, Load


class Outcome(StrEnum):
    """How a canary ended."""

    ANSWERED = "answered"
    TIMEOUT = "timeout"
    ERROR = "error"
    """A status 5xx other than 503."""
    REFUSED = "refused"
    """Status 503, from a server whose queue is empty: it takes no new work."""
    UNKNOWN = "unknown"
    """It could not be asked: no model, no credentials, no connection. Says nothing of the engine."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One canary: when it was sent, and how it ended."""

    began: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Pod:
    """What Kubernetes says of the server's pod; `started_at` on the clock of the memory."""

    terminating: bool = False
    started_at: float | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The newest answer of /health, and since when it has been like this (good or not)."""

    failure: Failed | None
    since: float
    unwell: bool = False
    """Whether the answer was a status 5xx."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An engine on the newest page, and when its counters last rose (or it was first seen)."""

    engine: Engine
    moved_at: float


@dataclass(frozen=True, slots=True)
class Canaries:
    """How many canaries were sent and have ended, when a page was read: what they may have added to its counters."""

    sent: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything a verdict rests on; times are seconds of one monotonic clock."""

    began: float
    answered_at: float | None = None
    """When /health was last good."""
    health: Health | None = None
    page: Load | None = None
    page_at: float = 0.0
    engines: tuple[Seen, ...] = ()
    rising: bool = False
    """Whether somebody's requests were worked on between the two newest pages."""
    moved_at: float | None = None
    """When that was last seen."""
    trial: Trial | None = None
    canaries: Canaries = field(default_factory=Canaries)
    works_while_unhealthy: bool = False
    pod: Pod = field(default_factory=Pod)

    @property
    def unwell(self) -> bool:
        """Whether /health answered with a status 5xx."""
        return self.health is not None and self.health.unwell

    @property
    def logged(self) -> bool:
        """Whether the newest page has vLLM's own series."""
        return self.page is not None and self.page.logged

    def after_health(self, at: float, failure: Failed | None, *, unwell: bool = False) -> "Memory":
        """What is remembered after one more answer of /health, or none."""
        same = self.health is not None and (self.health.failure is None) == (failure is None)
        since = self.health.since if same and self.health is not None else at
        health = Health(failure, since, unwell)
        if failure is None:
            return replace(self, health=health, answered_at=at, works_while_unhealthy=False)
        return replace(self, health=health)

    def after_page(self, at: float, page: Load, canaries: Canaries) -> "Memory":
        """What is remembered after one more page, for which our own canaries may have done something too."""
        rising = self.page is not None and _worked(self.page, page, canaries.sent - self.canaries.ended)
        health = self.health
        failing = health is not None and health.failure is not None
        again = rising and health is not None and self.page_at >= health.since
        return replace(
            self,
            page=page,
            page_at=at,
            engines=tuple(_seen(self.engines, engine, at) for engine in page.engines),
            rising=rising,
            moved_at=at if rising else self.moved_at,
            canaries=canaries,
            works_while_unhealthy=failing and (self.works_while_unhealthy or again),
        )

    def after_canary(self, trial: Trial) -> "Memory":
        """What is remembered after one more canary."""
        return replace(self, trial=trial)


def _worked(before: Load, after: Load, canaries: int) -> bool:
    """Whether counters rose by more than `canaries` completions of one token would have raised them."""
    if not after.logged:
        return (after.answered or 0) - (before.answered or 0) > canaries
    if canaries:
        return (after.generated or 0) - (before.generated or 0) > canaries
    old = {engine.name: engine.steps for engine in before.engines}
    return any(engine.steps > old.get(engine.name, engine.steps) for engine in after.engines)


def _seen(known: tuple[Seen, ...], engine: Engine, at: float) -> Seen:
    """A counter that fell belongs to a new process, whose patience starts anew."""
    for seen in known:
        if seen.engine.name == engine.name:
            idle_till_now = engine.busy and not seen.engine.busy
            moved = engine.steps != seen.engine.steps or idle_till_now
            return Seen(engine, at if moved else seen.moved_at)
    return Seen(engine, at)
