"""The families of the GPUs: dcgm-exporter's, ours in base units, and our verdicts after them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from exporter import gpu_metrics
from exporter.dcgm.device import Node
from exporter.live import Live
from exporter.metric import Point, gather
from exporter.nvml import verdicts
from exporter.nvml.devices import devices
from exporter.nvml.known import Known
from native.exposition import Family, Labels


@dataclass(frozen=True, slots=True)
class Place:
    """Where the readings come from, every how many seconds, and what of them is shown."""

    hostname: str
    interval: float
    live: Live
    simulated: bool = False

    @property
    def own(self) -> Labels:
        """The labels of every series of this node: simulated GPUs say that they are."""
        return (("simulated", "true"),) if self.simulated else ()


def families(place: Place, child: verdicts.Child, known: Known, at: float) -> tuple[Family, ...]:
    """Everything known at `at` (monotonic seconds); values older than three of their turns are left out."""
    return gather(_points(place, child, known, at))


def _points(place: Place, child: verdicts.Child, known: Known, at: float) -> Iterator[Point]:
    latest, surface = known.latest, place.live.surface
    node = Node(place.hostname, latest.driver, latest.nvml, place.own)
    entities = [list(devices(gpu, known, at, place.interval)) for gpu in latest.gpus]
    yield from place.live.points(node, list(chain.from_iterable(entities)))
    labels = (gpu_metrics.labels(node, found[0], surface.style) for found in entities)
    yield from verdicts.of_gpus(list(zip(latest.gpus, labels, strict=True)), child, at)
    yield from verdicts.of_node(place.own, child, latest, at)
