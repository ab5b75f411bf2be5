"""The families of the GPUs: names, types, helps and label order of dcgm-exporter, and our own verdicts after them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from exporter.nvml.latest import Latest, Seen
from exporter.nvml.metrics import METRICS, Metric
from native.exposition import Family, Sample

Labels = tuple[tuple[str, str], ...]

NVML_UP: Final = Metric("emberline_nvml_up", "gauge", "Whether NVML is open and its readings keep coming.", 1)
NVML_AGE: Final = Metric(
    "emberline_nvml_reading_age_seconds", "gauge", "Time since NVML last gave a reading of this node.", 0
)
RESTARTS: Final = Metric(
    "emberline_nvml_child_restarts_total", "counter", "How often the process that calls NVML had to be replaced.", 0
)
ABANDONED: Final = Metric(
    "emberline_nvml_children_abandoned", "gauge", "Killed processes that the kernel still holds in a driver call.", 0
)
GPU_UP: Final = Metric("emberline_gpu_up", "gauge", "Whether the newest reading of this GPU was complete.", 1)
GPU_AGE: Final = Metric(
    "emberline_gpu_reading_age_seconds", "gauge", "Time since the newest complete reading of this GPU.", 0
)


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
    fresh = [(gpu.values, labels) for gpu, labels in labelled if gpu.at is not None and at - gpu.at <= keep]
    values = (
        _family(metric, ((labels, found[metric.name]) for found, labels in fresh if metric.name in found))
        for metric in METRICS
    )
    verdicts = (
        _family(GPU_UP, ((labels, child.up and gpu.state == "ok") for gpu, labels in labelled)),
        _family(GPU_AGE, ((labels, at - gpu.at) for gpu, labels in labelled if gpu.at is not None)),
        _family(NVML_UP, [(node.own, child.up)]),
        _family(NVML_AGE, [] if latest.at is None else [(node.own, at - latest.at)]),
        _family(RESTARTS, [(node.own, child.restarts)]),
        _family(ABANDONED, [(node.own, child.abandoned)]),
    )
    return tuple(family for family in (*values, *verdicts) if family.samples)


def _family(metric: Metric, samples: Iterable[tuple[Labels, float]]) -> Family:
    made = tuple(Sample(metric.name, labels, float(value)) for labels, value in samples)
    return Family(metric.name, metric.type, metric.help, made)
