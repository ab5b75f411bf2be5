"""Our own series of a GPU, beside the compatible ones.

Their labels are the few that identify a device (`gpu`, `UUID`, `pci_bus_id`, `device`, MIG instance, host name), spelt
as on the compatible series so that `on (UUID)` joins both; model and versions stand on `emberline_gpu_info`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from exporter.dcgm.device import Device, Node
from exporter.dcgm.events import CLOCK_EVENTS
from exporter.dcgm.style import Style, identity
from exporter.gpu_table import ROWS
from exporter.metric import Metric, Point
from native.exposition import Labels

INFO: Final = Metric("emberline_gpu_info", "gauge", "1, with model, serial and versions of a GPU.")
CLOCK_EVENT: Final = Metric(
    "emberline_gpu_clocks_event", "gauge", "Whether this reason holds for what the clocks are, a series for each."
)
XIDS: Final = Metric("emberline_gpu_xid_errors_total", "counter", "Error events of the driver by their Xid.")

TOTALS: Final = (
    (Metric("emberline_gpu_busy_seconds_total", "counter", "Time in which a kernel ran."), "busy_seconds"),
    (
        Metric("emberline_gpu_memory_busy_seconds_total", "counter", "Time in which memory was read or written."),
        "memory_busy_seconds",
    ),
    (
        Metric(
            "emberline_gpu_samples_lost_total", "counter", "Samples that the driver overwrote before they were read."
        ),
        "samples_lost",
    ),
)


_ALONE: Final = {row.metric.name: row for row in ROWS if not row.label}
_TEXTS: Final = (("serial", "serial"), ("brand", "brand"), ("vbios_version", "vbios_version"))


def labels(node: Node, device: Device, style: Style) -> Labels:
    """What identifies the device, then the node's own labels."""
    known = (device.uuid, device.pci_bus_id, "")
    plain = replace(style, uuid_label="UUID")
    return (*identity(plain, node.hostname, device.index, device.file, known, device.instance), *node.own)


def points(node: Node, devices: Sequence[Device], style: Style) -> Iterator[Point]:
    """Everything of ours that was read, family by family; what was not is absent."""
    labelled = [(device, labels(node, device, style)) for device in devices]
    rows = [(device.values, _rows(own)) for device, own in labelled]
    for number, row in enumerate(ROWS):
        metric, quantities, (times, per) = row.metric, row.quantities, row.scale
        for values, full in rows:
            for name in quantities:
                if name in values:
                    yield Point(metric, full[number], values[name] * times / per)
                    break
    for metric, name in TOTALS:
        yield from (metric.at(own, device.totals[name]) for device, own in labelled if name in device.totals)
    for device, own in labelled:
        yield from _states(node, device, own)


def value(metric: str, values: Mapping[str, float]) -> float | None:
    """What a metric that is one series of a device shows of these quantities, None if it is absent."""
    row = _ALONE[metric]
    times, per = row.scale
    return next((values[name] * times / per for name in row.quantities if name in values), None)


@lru_cache(maxsize=1024)
def _rows(own: Labels) -> tuple[Labels, ...]:
    """The labels of a device's rows."""
    return tuple((*own, *row.label) for row in ROWS)


def _states(node: Node, device: Device, own: Labels) -> Iterator[Point]:
    texts = ((label, device.texts.get(key, "")) for label, key in _TEXTS)
    told = (("model", device.model), *texts, ("driver_version", node.driver), ("nvml_version", node.nvml))
    yield INFO.at((*own, *((name, text) for name, text in told if text)), 1)
    mask = device.values.get("clocks_event_reasons")
    if mask is not None:
        bits = enumerate(CLOCK_EVENTS)
        yield from (CLOCK_EVENT.at((*own, ("reason", name)), int(mask) >> bit & 1) for bit, name in bits)
    totals = {} if device.events is None else device.events.xid_totals
    yield from (XIDS.at((*own, ("xid", str(code))), count) for code, count in sorted(totals.items()))
