"""The use of every device by pod, sample after sample: a fold that needs no I/O."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from exporter.metric import Metric, Point
from exporter.pods import catalog
from exporter.pods.devices import Entity
from exporter.pods.energy import Energy
from exporter.pods.owners import Owner, Ownership, PodName
from exporter.pods.sharing import Party, Process, Split, Use, split
from native.exposition import Labels

KEEP_SECONDS: Final = 300.0
"""How long a pod that no longer holds a device keeps its energy counter, so that its last joules are scraped."""

GAP_SECONDS: Final = 120.0
"""After a longer silence of a device nobody knows who used it meanwhile: that energy is unattributed."""

Resolve = Callable[[Iterable[int]], Mapping[int, PodName | None]]
"""The pod of each process id: None where it is not known, `sharing.OUTSIDE` outside any pod."""


@dataclass(frozen=True, slots=True)
class PidUse:
    """What the driver says of one process: ratio of time busy and bytes held, None where it does not say."""

    pid: int
    utilization: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceSample:
    """One device at one moment: labels of its series, ratio, bytes, and joules since any fixed moment.

    `processes` is None where the driver does not tell them.
    """

    entity: Entity
    labels: Labels
    utilization: float | None = None
    memory: float | None = None
    joules: float | None = None
    processes: tuple[PidUse, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Current:
    sample: DeviceSample
    owners: tuple[Owner, ...]
    parts: Split


class Shares:
    """What the page shows of every device that the newest samples hold."""

    def __init__(self) -> None:
        self._current: dict[Entity, _Current] = {}
        self._energy = Energy[Entity]()
        self._read: dict[Entity, tuple[float, float]] = {}
        self._held_at: dict[tuple[Entity, PodName], float] = {}

    def take(self, samples: Iterable[DeviceSample], owners: Ownership, resolve: Resolve | None, at: float) -> None:
        """Take in samples of one moment `at` (seconds). `resolve` is None where processes cannot be told apart."""
        self._current = {}
        for sample in samples:
            held = owners.of(sample.entity)
            joules, gap = self._increment(sample, at)
            parts = split(Use(sample.utilization, sample.memory, joules), held, _processes(sample, resolve))
            energy = parts.energy if gap <= GAP_SECONDS else split(Use(energy=joules), (), None).energy
            self._current[sample.entity] = _Current(sample, held, parts)
            self._energy.add(sample.entity, energy)
            self._held_at |= {(sample.entity, (party.namespace, party.pod)): at for party in energy}
        self._forget(at)

    def points(self) -> Iterator[Point]:
        """The parts of every device; those without a pod carry only their method."""
        for current in self._current.values():
            labels = current.sample.labels
            yield catalog.OWNERS.at(labels, len({owner.pod_name for owner in current.owners}))
            yield from _points(catalog.UTILIZATION, labels, current.parts.utilization)
            yield from _points(catalog.MEMORY, labels, current.parts.memory)
            yield from _points(catalog.ENERGY, labels, self._energy.totals(current.sample.entity))

    def _increment(self, sample: DeviceSample, at: float) -> tuple[float | None, float]:
        """Joules and seconds since the last sample that had any; a counter that fell began anew. The first has none."""
        if sample.joules is None:
            return None, 0.0
        before = self._read.get(sample.entity)
        self._read[sample.entity] = sample.joules, at
        if before is None:
            return None, 0.0
        joules, moment = before
        return (sample.joules - joules if sample.joules >= joules else sample.joules), at - moment

    def _forget(self, at: float) -> None:
        self._held_at = {key: seen for key, seen in self._held_at.items() if at - seen <= KEEP_SECONDS}
        for entity in self._current:
            self._energy.keep(entity, {pod for device, pod in self._held_at if device == entity})


def _processes(sample: DeviceSample, resolve: Resolve | None) -> tuple[Process, ...] | None:
    if resolve is None or sample.processes is None:
        return None
    pods = resolve([it.pid for it in sample.processes])
    return tuple(Process(pods.get(it.pid), Use(it.utilization, it.memory)) for it in sample.processes)


def _points(metric: Metric, labels: Labels, parts: Mapping[Party, float]) -> Iterator[Point]:
    for party, value in parts.items():
        named = (("container", party.container), ("namespace", party.namespace), ("pod", party.pod))
        yield metric.at((*labels, *(pair for pair in named if pair[1]), ("method", party.method)), value)
