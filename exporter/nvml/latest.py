"""What is known of the GPUs after every reading so far: a fold without clock or I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from exporter.nvml.reading import ANSWERS, Gpu, Identity, Instance, Process, Reading, State

COUNTERS: Final = "fields"
"""The family that holds the driver's counters."""


@dataclass(frozen=True, slots=True)
class Group:
    """A family's newest values by quantity, and the moment they are from (monotonic seconds)."""

    values: Mapping[str, float]
    at: float


@dataclass(frozen=True, slots=True)
class Instances:
    """The MIG instances of a GPU, and the moment they are from."""

    listed: tuple[Instance, ...] = ()
    at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Seen:
    """One GPU: its newest state and values, and what was counted of it since the exporter began.

    A GPU that was seen once stays, as "lost", when the driver no longer lists it. `at` is the moment of its newest
    answer, None before the first; `since` the moment from which it has been in its state.
    """

    index: int
    identity: Identity | None
    state: State
    detail: str
    at: float | None
    since: float
    groups: Mapping[str, Group] = field(default_factory=dict)
    counts: Mapping[str, float] = field(default_factory=dict)
    instances: Instances = field(default_factory=Instances)
    gaps: Mapping[str, str] = field(default_factory=dict)
    processes: tuple[Process, ...] | None = None
    """Those of the newest turn that asked for them; None where the driver does not tell."""
    earlier: Group | None = None
    """The counters of the driver one turn before the newest, for what is a pace."""

    @property
    def key(self) -> str:
        """What recognises the GPU when its index changes."""
        return self.identity.uuid if self.identity else f"#{self.index}"

    @property
    def up(self) -> bool:
        """Whether it answers."""
        return self.state in ANSWERS

    def values(self, at: float, keep: Callable[[str], float]) -> dict[str, float]:
        """Values by quantity, of the families whose answer is no older than `keep` allows (seconds by family)."""
        return {
            name: value
            for family, group in self.groups.items()
            if at - group.at <= keep(family)
            for name, value in group.values.items()
        }


@dataclass(frozen=True, slots=True)
class Latest:
    """The node: versions, every GPU ever seen, driver seconds by family, and the moment of the newest reading."""

    driver: str = ""
    nvml: str = ""
    gpus: tuple[Seen, ...] = ()
    spent: Mapping[str, float] = field(default_factory=dict)
    at: float | None = None

    def after(self, reading: Reading, at: float) -> "Latest":
        """What is known once this reading, complete at `at` (monotonic seconds), is taken in."""
        if reading.error:
            return self
        named = {gpu.identity.uuid for gpu in reading.gpus if gpu.identity}
        now = [self._seen(gpu, at, named) for gpu in reading.gpus]
        keys = {seen.key for seen in now}
        missing = [
            _turned(seen, "lost", "the driver no longer lists it", at)
            for seen in self.gpus
            if seen.identity and seen.key not in keys
        ]
        gpus = tuple(sorted(now + missing, key=lambda seen: (seen.index, seen.key)))
        spent = self.spent
        for gpu in reading.gpus:
            spent = _added(spent, gpu.spent)
        return Latest(reading.driver, reading.nvml, gpus, spent, at)

    def _seen(self, gpu: Gpu, at: float, named: set[str]) -> Seen:
        before = self._before(gpu, named) or Seen(gpu.index, gpu.identity, gpu.state, gpu.detail, None, at)
        turned = _turned(replace(before, index=gpu.index), gpu.state, gpu.detail, at)
        return replace(
            turned,
            identity=gpu.identity or before.identity,
            at=at if turned.up and gpu.groups else before.at,
            groups={**before.groups, **{family: Group(values, at) for family, values in gpu.groups.items()}},
            counts=_added(before.counts, gpu.counts),
            instances=before.instances if gpu.instances is None else Instances(gpu.instances, at),
            processes=before.processes if gpu.processes is None else gpu.processes,
            gaps=before.gaps if gpu.gaps is None else gpu.gaps,
            earlier=before.groups.get(COUNTERS) if COUNTERS in gpu.groups else before.earlier,
        )

    def _before(self, gpu: Gpu, named: set[str]) -> Seen | None:
        """The same GPU earlier; one without identity counts as the last one at its index, if that is free."""
        for seen in self.gpus:
            if seen.key == gpu.identity.uuid if gpu.identity else seen.index == gpu.index and seen.key not in named:
                return seen
        return None


def _turned(seen: Seen, state: State, detail: str, at: float) -> Seen:
    return replace(seen, state=state, detail=detail, since=seen.since if state == seen.state else at)


def _added(to: Mapping[str, float], more: Mapping[str, float]) -> Mapping[str, float]:
    if not more:
        return to
    return {**to, **{name: to.get(name, 0.0) + added for name, added in more.items()}}
