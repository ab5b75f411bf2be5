"""The families of the GPUs: dcgm-exporter's, ours in base units, and our verdicts after them."""

from dataclasses import dataclass
from itertools import chain

from exporter.metric import gather
from exporter.nvml import verdicts
from exporter.nvml.known import Known
from exporter.nvml.latest import Seen
from native.exposition import Family, Labels


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


def families(node: Node, child: verdicts.Child, known: Known, at: float, interval: float) -> tuple[Family, ...]:
    """Everything known at `at` (monotonic seconds); values older than three of their turns are left out."""
    latest = known.latest
    labelled = [(gpu, node.labels(latest.driver, gpu)) for gpu in latest.gpus]
    return gather(
        chain(
            verdicts.of_gpus(labelled, child, known.xids, at),
            verdicts.of_node(node.own, child, latest, at),
        )
    )
