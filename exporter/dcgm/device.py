"""What the page is made of: the node, and its GPUs and MIG instances with what was read of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from native.exposition import Labels


@dataclass(frozen=True, slots=True)
class Node:
    """What is the same for all GPUs: host name ("" is not shown), driver and NVML version, labels of the node's own."""

    hostname: str = ""
    driver: str = ""
    nvml: str = ""
    own: Labels = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The reading before: its values, and how many seconds before this one."""

    values: Mapping[str, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class Events:
    """How often something happened: Xids by code and clock events by name, in the sliding windows and in all.

    A kind that never happened has no entry.
    """

    xids: Mapping[int, int] = field(default_factory=dict)
    clock_events: Mapping[str, int] = field(default_factory=dict)
    xid_totals: Mapping[int, int] = field(default_factory=dict)
    clock_event_totals: Mapping[str, int] = field(default_factory=dict)
    xid_window_ms: int = 300_000
    clock_event_window_ms: int = 300_000


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU, or one of its MIG instances with the identity of the GPU, and what was read of it.

    `values`: by the names of `exporter.nvml.quantities`, in NVML's units. `last_xid`: 0 is none since the start, None
    is that events are not watched. `instance`: MIG profile and GPU instance id, with `mig_uuid`. `totals`: what
    `exporter.nvml.quantities.INCREMENTS` have added up to. `attributes`: labels of whoever uses the device, last on
    each series.
    """

    index: int
    minor: int | None
    uuid: str
    pci_bus_id: str
    model: str
    texts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    last_xid: int | None = None
    instance: tuple[str, int] | None = None
    earlier: Earlier | None = None
    events: Events | None = None
    totals: Mapping[str, float] = field(default_factory=dict)
    attributes: Labels = ()
    mig_uuid: str = ""

    @property
    def file(self) -> str:
        """The device file, by minor number: with an index in its place it would be another GPU's where they differ."""
        return f"nvidia{self.index if self.minor is None else self.minor}"
