"""What this node can export and, for what it cannot, why: the document behind `emberline doctor`."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exporter.dcgm.catalogue import FIELDS
from exporter.dcgm.field import Field, First, Pace, Unserved, UsedShare
from exporter.nvml.report import GpuReport, Report
from native.exposition import COMPILED

KERNEL_LOG: Final = Path("/dev/kmsg")

_USED_SHARE: Final = ("memory_used_bytes", "memory_total_bytes")


@dataclass(frozen=True, slots=True)
class Finding:
    """One metric: on which GPUs it has a value, and by GPU index why not on the others."""

    metric: str
    gpus: tuple[int, ...]
    reasons: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The node: versions, GPUs with their state, every metric of DCGM's that is known here, and what else matters."""

    report: Report
    findings: tuple[Finding, ...]
    notes: Mapping[str, str]


def diagnose(report: Report, kernel_log: Path = KERNEL_LOG) -> Diagnosis:
    """What a report means for the page."""
    findings = tuple(_finding(field, report.gpus) for field in FIELDS if field.type != "label")
    return Diagnosis(report, findings, dict(_notes(report, kernel_log)))


def _finding(field: Field, gpus: tuple[GpuReport, ...]) -> Finding:
    reasons = {each.gpu.index: why for each in gpus if (why := _objection(field, each))}
    return Finding(field.legacy, tuple(each.gpu.index for each in gpus if each.gpu.index not in reasons), reasons)


def _objection(field: Field, each: GpuReport) -> str | None:
    """Why a GPU has no value for a field, None where it has."""
    match field.source:
        case Unserved(reason):
            return f"NVML cannot serve it: {reason}"
        case First(quantities):
            missing = () if any(name in each.told for name in quantities) else quantities[-1:]
        case Pace(quantities):
            missing = tuple(name for name in quantities if name not in each.told)
        case UsedShare():
            missing = tuple(name for name in _USED_SHARE if name not in each.told)
        case _:
            return None
    return next((each.gaps.get(name, "nothing was told") for name in missing), None)


def _notes(report: Report, kernel_log: Path) -> Iterator[tuple[str, str]]:
    yield (
        "page",
        "made by compiled code" if COMPILED else "made by the slower Python twins: no compiler when it was installed",
    )
    readable = os.access(kernel_log, os.R_OK)
    yield (
        "kernel log",
        f"{kernel_log} can be read: --kmsg {kernel_log} finds Xids that NVML does not tell"
        if readable
        else f"{kernel_log} cannot be read: Xids come from NVML alone, which does not tell 79, 119 and 120 at times",
    )
    if not report.gpus:
        return
    divided = [str(each.gpu.index) for each in report.gpus if each.gpu.instances]
    yield "MIG", f"instances on GPU {', '.join(divided)}" if divided else "no instances"
    rings = [str(each.gpu.index) for each in report.gpus if "gpu_max_percent" in each.told]
    yield (
        "samples",
        f"drained on GPU {', '.join(rings)}: no spike is lost"
        if rings
        else "none were given: averages and peaks stay absent while GPUs are idle or divided",
    )
