"""How the compatible series are written: which names, which labels, in which order."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from exporter.dcgm.counters import Row
from exporter.dcgm.device import Device, Node
from exporter.dcgm.field import First, OfDevice, OfNode, Text
from native.exposition import Labels

MetricNames = Literal["as-written", "legacy", "dcgm-4.6", "both"]
HostnameLabel = Literal["Hostname", "hostname"]


@dataclass(frozen=True, slots=True)
class Style:
    """`names`: the vocabulary, by default as the counters file writes it.

    `hostname_label` is "Hostname" up to dcgm-exporter 4.8.2, "hostname" since, None to leave it out. `uuid_label` is
    "uuid" in the old namespace. `dashes`: a model's name has them in place of blanks.
    """

    names: MetricNames = "as-written"
    hostname_label: HostnameLabel | None = "Hostname"
    uuid_label: Literal["UUID", "uuid"] = "UUID"
    dashes: bool = False

    def names_of(self, row: Row) -> Iterator[str]:
        """The names that a row has on the page."""
        if self.names == "as-written":
            yield row.name
            return
        if self.names != "dcgm-4.6":
            yield row.field.legacy
        if self.names == "dcgm-4.6" or (self.names == "both" and row.field.renamed != row.field.legacy):
            yield row.field.renamed


@lru_cache(maxsize=4096)
def identity(
    style: Style, hostname: str, gpu: int, file: str, known: tuple[str, str, str], instance: tuple[str, int] | None
) -> Labels:
    """The labels of a GPU in dcgm-exporter's order; what is empty there is left out, which means the same."""
    uuid, bus, model = known
    profile, number = instance or ("", 0)
    pairs = (
        ("gpu", str(gpu)),
        (style.uuid_label, uuid),
        ("pci_bus_id", bus),
        ("device", file),
        ("modelName", "-".join(model.split()) if style.dashes else model),
        ("GPU_I_PROFILE", profile),
        ("GPU_I_ID", str(number) if profile else ""),
        (style.hostname_label or "", hostname if style.hostname_label else ""),
    )
    return tuple((name, value) for name, value in pairs if value)


def text_of(row: Row, node: Node, device: Device) -> str:
    """What a label row says of the device; empty if nothing is known."""
    source = row.field.source
    if isinstance(source, Text):
        return device.texts.get(source.key, "")
    if isinstance(source, OfNode):
        return node.driver if source.attribute == "driver" else node.nvml
    if isinstance(source, OfDevice):
        found = getattr(device, source.attribute)
        return "" if found is None else str(found)
    value = source.of(device.values) if isinstance(source, First) else None
    return "" if value is None else f"{value:g}" if value % 1 else str(int(value))
