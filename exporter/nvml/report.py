"""What this node's driver can tell and what it cannot, quantity by quantity: one reading, and why each gap is there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from exporter.nvml.process import Child, Fault
from exporter.nvml.quantities import QUANTITIES
from exporter.nvml.reading import Gpu, Reading

READINGS: Final = 4
"""Readings that are taken: profiling and rings need two, a second of a busy GPU fills the ring."""


@dataclass(frozen=True, slots=True)
class GpuReport:
    """One GPU: what it gave a value for, and by quantity why not."""

    gpu: Gpu
    told: frozenset[str]
    gaps: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """The driver's versions and GPUs, or in `error` why there is nothing."""

    driver: str = ""
    nvml: str = ""
    gpus: tuple[GpuReport, ...] = ()
    error: str = ""


async def report(command: Sequence[str], patience: float) -> Report:
    """Ask through a child process of its own, which may hang for `patience` seconds altogether."""
    try:
        async with asyncio.timeout(patience):
            return fold(await _readings(command, patience))
    except TimeoutError:
        return Report(error=f"the driver did not answer for {patience:g} s")
    except (Fault, OSError) as error:
        return Report(error=f"the process that asks the driver {error}")


async def _readings(command: Sequence[str], patience: float) -> list[Reading]:
    child = await Child.start(command, None)
    readings: list[Reading] = []
    try:
        while len(readings) < READINGS:
            readings.append(await child.reading(patience))
            if readings[-1].error or readings[-1].last:
                break
    finally:
        await child.kill()
    return readings


def fold(readings: Sequence[Reading]) -> Report:
    """One report of several readings of the same node: what any of them told counts as told."""
    last = readings[-1]
    if last.error:
        return Report(error=last.error)
    return Report(last.driver, last.nvml, tuple(_gpu(gpu, readings) for gpu in last.gpus))


def _gpu(gpu: Gpu, readings: Sequence[Reading]) -> GpuReport:
    told: set[str] = set()
    gaps: dict[str, str] = {}
    for each in (found for reading in readings for found in reading.gpus if found.index == gpu.index):
        told |= {name for values in each.groups.values() for name in values}
        gaps = gaps if each.gaps is None else dict(each.gaps)
    reasons = {name: gaps.get(name, gpu.detail or "nothing was told") for name in QUANTITIES if name not in told}
    return GpuReport(gpu, frozenset(told), reasons)
