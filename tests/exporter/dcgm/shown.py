"""Devices as a test wants them, and the compatible page as text and as series."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from prometheus_client.parser import text_string_to_metric_families

from exporter.dcgm.counters import Counters, parse, read
from exporter.dcgm.device import Device, Earlier, Events, Node
from exporter.dcgm.page import Compatible
from exporter.dcgm.style import Style
from exporter.metric import gather
from exporter.nvml.quantities import QUANTITIES, TEXTS
from native.exposition import encode

NODE: Final = Node("node-1", "570.86.10", "12.570.86.10")
GIB: Final = 2.0**30
EVERYTHING: Final = {
    name: min(number * (2.0**21 if quantity.most > 2.0**40 else 1.0), quantity.most)
    for number, (name, quantity) in enumerate(QUANTITIES.items(), start=1)
}
EVERYTHING.update(memory_total_bytes=80 * GIB, memory_free_bytes=61 * GIB)
EVERYTHING.update(memory_used_bytes=18 * GIB + 1, memory_reserved_bytes=GIB - 1)
"""A value for every quantity, as different from each other as their ranges allow."""


def gpu(index: int = 0, **changes: Any) -> Device:  # noqa: ANN401 - fields of a Device
    """A GPU whose minor number is not its index."""
    device = Device(
        index,
        index + 4,
        f"GPU-0000000{index}",
        f"00000000:1{index}:00.0",
        "NVIDIA H100 80GB HBM3",
        {text: f"its {text}" for text in TEXTS},
        EVERYTHING,
        0,
        earlier=Earlier(dict.fromkeys(EVERYTHING, 0.0), 2.0),
        events=Events(),
    )
    return replace(device, **changes)


def counters(*rows: str) -> Counters:
    """Rows `name` or `name, type` of a counters file; without rows the built-in file."""
    if not rows:
        return read(None)
    full = (row if "," in row else f"{row}, gauge" for row in rows)
    found = parse("\n".join(f"{row}, help" for row in full), "counters.csv")
    assert found.faults == found.notes == ()
    return found


def page(devices: Sequence[Device], *rows: str, style: Style | None = None, node: Node = NODE) -> str:
    """The page of these rows."""
    return encode(gather(Compatible(counters(*rows), style or Style()).points(node, devices))).decode()


def series(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every series of a page as a reader in Python sees it."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def value(name: str, values: Mapping[str, float], **changes: Any) -> float | None:  # noqa: ANN401 - fields of a Device
    """What one field shows of these quantities; None if it is absent."""
    found = list(series(page([gpu(values=values, **changes)], name)).values())
    assert len(found) < 2, found
    return found[0] if found else None


def labels(text: str) -> list[list[str]]:
    """The label names of each line, in the order in which they stand there."""
    return [
        [pair.partition("=")[0] for pair in line.partition("{")[2].partition("} ")[0].split('",')]
        for line in text.splitlines()
        if not line.startswith("#")
    ]
