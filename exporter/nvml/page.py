"""The families of the GPUs: names, types, helps and label order of dcgm-exporter, and our own verdicts after them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from exporter.metric import Metric, Point, gather
from exporter.nvml.latest import Latest, Seen
from exporter.nvml.metrics import METRICS
from native.exposition import Family, Labels

Labelled = Sequence[tuple[Seen, Labels]]

NVML_UP: Final = Metric("emberline_nvml_up", "gauge", "Whether NVML is open and its readings keep coming.")
NVML_AGE: Final = Metric(
    "emberline_nvml_reading_age_seconds", "gauge", "Time since NVML last gave a reading of this node."
)
RESTARTS: Final = Metric(
    "emberline_nvml_child_restarts_total", "counter", "How often the process that calls NVML had to be replaced."
)
ABANDONED: Final = Metric(
    "emberline_nvml_children_abandoned", "gauge", "Killed processes that the kernel still holds in a driver call."
)
GPU_UP: Final = Metric("emberline_gpu_up", "gauge", "Whether the newest reading of this GPU was complete.")
GPU_AGE: Final = Metric(
    "emberline_gpu_reading_age_seconds", "gauge", "Time since the newest complete reading of this GPU."
)

_METRICS: Final = tuple(Metric(metric.name, metric.type, metric.help) for metric in METRICS)


@dataclass(frozen=True, slots=True)
class Node:
    """Where the readings come from: host name, and whether its GPUs are simulated, which every series then says."""

    hostname: str
    simulated: bool

    def labels(self, driver: str, gpu: Seen) -> Labels:
        """Identity of a GPU in dcgm-exporter's order; what the driver has never told is left out."""
        known = gpu.identity
        pairs = (
            ("gpu", str(gpu.index)),
            ("UUID", known.uuid if known else ""),
            ("pci_bus_id", known.pci_bus_id if known else ""),
            ("device", f"nvidia{gpu.index}"),
            ("modelName", known.model if known else ""),
            ("Hostname", self.hostname),
            ("DCGM_FI_DRIVER_VERSION", driver),
        )
        return (*((name, value) for name, value in pairs if value), *self.own)

    @property
    def own(self) -> Labels:
        """The labels of a series about the node itself."""
        return (("simulated", "true"),) if self.simulated else ()


@dataclass(frozen=True, slots=True)
class Child:
    """The process behind the readings: whether they keep coming, replacements so far, and those given up."""

    up: bool
    restarts: int
    abandoned: int


def families(node: Node, child: Child, latest: Latest, at: float, keep: float) -> tuple[Family, ...]:
    """Everything known at `at` (monotonic seconds); values older than `keep` seconds are left out."""
    labelled = [(gpu, node.labels(latest.driver, gpu)) for gpu in latest.gpus]
    return gather([*_values(labelled, at, keep), *_verdicts(labelled, child, at), *_of_node(node, child, latest, at)])


def _values(labelled: Labelled, at: float, keep: float) -> Iterator[Point]:
    fresh = [(gpu.values, labels) for gpu, labels in labelled if gpu.at is not None and at - gpu.at <= keep]
    for metric in _METRICS:
        yield from (metric.at(labels, found[metric.name]) for found, labels in fresh if metric.name in found)


def _verdicts(labelled: Labelled, child: Child, at: float) -> Iterator[Point]:
    for gpu, labels in labelled:
        yield GPU_UP.at(labels, child.up and gpu.state == "ok")
        if gpu.at is not None:
            yield GPU_AGE.at(labels, at - gpu.at)


def _of_node(node: Node, child: Child, latest: Latest, at: float) -> Iterator[Point]:
    yield NVML_UP.at(node.own, child.up)
    if latest.at is not None:
        yield NVML_AGE.at(node.own, at - latest.at)
    yield RESTARTS.at(node.own, child.restarts)
    yield ABANDONED.at(node.own, child.abandoned)
