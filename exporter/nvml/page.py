"""The families of the GPUs: dcgm-exporter's, ours in base units, and our verdicts after them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from exporter import gpu_metrics
from exporter.dcgm.device import Device, Node
from exporter.live import Live
from exporter.metric import Point, gather
from exporter.nvml import verdicts
from exporter.nvml.devices import devices
from exporter.nvml.known import Known
from exporter.nvml.latest import Seen
from native.exposition import Family, Labels


class Owners(Protocol):
    """Whoever keeps account of who uses the GPUs."""

    def copies(self, device: Device) -> tuple[Labels, ...]:
        """What each copy of a device's compatible series carries: at least one copy."""

    def take(self, gpus: Sequence[tuple[Seen, Sequence[tuple[Device, Labels]]]], at: float) -> None:
        """Take in the GPUs after a reading at `at` (monotonic seconds): what each shows, under which labels."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the readings come from, every how many seconds, and what of them is shown."""

    hostname: str
    interval: float
    live: Live
    simulated: bool = False
    owners: Owners | None = None

    @property
    def own(self) -> Labels:
        """The labels of every series of this node: simulated GPUs say that they are."""
        return (("simulated", "true"),) if self.simulated else ()


def families(place: Place, child: verdicts.Child, known: Known, at: float) -> tuple[Family, ...]:
    """Everything known at `at` (monotonic seconds); values older than three of their turns are left out."""
    return gather(_points(place, child, known, at))


def account(place: Place, known: Known, at: float) -> None:
    """Have the use of a reading that came at `at` (monotonic seconds) put down to those who hold the GPUs."""
    if place.owners is None:
        return
    node, style = _node(place, known), place.live.surface.style
    place.owners.take(
        [
            (gpu, [(it, gpu_metrics.labels(node, it, style)) for it in devices(gpu, known, at, place.interval)])
            for gpu in known.latest.gpus
        ],
        at,
    )


def _node(place: Place, known: Known) -> Node:
    return Node(place.hostname, known.latest.driver, known.latest.nvml, place.own)


def _points(place: Place, child: verdicts.Child, known: Known, at: float) -> Iterator[Point]:
    latest, surface, node = known.latest, place.live.surface, _node(place, known)
    entities = [list(devices(gpu, known, at, place.interval)) for gpu in latest.gpus]
    copies = () if place.owners is None else (place.owners.copies,)
    yield from place.live.points(node, list(chain.from_iterable(entities)), *copies)
    labels = (gpu_metrics.labels(node, found[0], surface.style) for found in entities)
    yield from verdicts.of_gpus(list(zip(latest.gpus, labels, strict=True)), child, at)
    yield from verdicts.of_node(place.own, child, latest, at)
