"""The exporter's metrics about itself, in base units and under the names that every client library uses."""

import os
import resource
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

from exporter.budget import REASONS, Reason
from exporter.metric import Metric, Point
from native.exposition import COMPILED

BUILD: Final = Metric("emberline_build_info", "gauge", "1, with the version and whether pages are made by native code.")
RENDER: Final = Metric(
    "emberline_exporter_page_render_seconds", "gauge", "Time that the previous page took to put together."
)
DROPPED: Final = Metric(
    "emberline_exporter_series_dropped_total",
    "counter",
    "Series left out of pages, by reason, each counted once for every page that was put together without it.",
)
CPU: Final = Metric("process_cpu_seconds_total", "counter", "User and system CPU time, the NVML child not included.")
RSS: Final = Metric("process_resident_memory_bytes", "gauge", "Resident memory, the NVML child not included.")
START: Final = Metric("process_start_time_seconds", "gauge", "Unix time at which the process started.")

NAMES: Final = frozenset(metric.name for metric in (BUILD, RENDER, DROPPED, CPU, RSS, START))

_STATM: Final = Path("/proc/self/statm")
_STARTED: Final = time.time()
_LABELS: Final = (("version", version("emberline")), ("native", "compiled" if COMPILED else "python"))


def points(render_seconds: float | None, dropped: Mapping[Reason, int]) -> Iterator[Point]:
    """Everything about this process; what the platform or the moment does not offer is absent."""
    yield BUILD.at(_LABELS, 1)
    for reason in REASONS:
        yield DROPPED.at((("reason", reason),), dropped.get(reason, 0))
    if render_seconds is not None:
        yield RENDER.at((), render_seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield CPU.at((), used.ru_utime + used.ru_stime)
    if _STATM.exists():
        yield RSS.at((), int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    yield START.at((), _STARTED)
