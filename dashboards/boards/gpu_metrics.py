"""D6, GPU Metrics: are the GPUs there, are they used, by whom, do they hold the load, what holds them back."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.boards.gpu_health import health
from dashboards.boards.gpu_owners import energy, owners
from dashboards.choices import choices
from dashboards.each_gpu import EACH, highest
from dashboards.panels import from_above, lines, stat
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance", "gpu")
_FULL: Final = from_above(0.9, 0.98)
_WARM: Final = from_above(80, 88)


def board(promised: Promised) -> Board:
    """The handbook's D6."""
    return Board(
        id="D6",
        uid="emberline-gpu-metrics",
        title="GPU Metrics",
        description="Utilization with its true peaks, memory, owners, energy, temperature, clocks and faults of every "
        "GPU. Reads emberline exporter; with dcgm-exporter the panels on peaks, owners and throttled time stay empty.",
        tags=("emberline", "ai-hub", "gpu"),
        variables=choices(_AT, "DCGM_FI_DEV_GPU_UTIL"),
        rows=(_glance(promised), _use(promised), owners(_AT), _memory(), energy(_AT), *health(_AT)),
        alerts=firing("ai-hub"),
        links=promised.details("ai-hub"),
    )


def _glance(promised: Promised) -> Row:
    used = _AT.level("DCGM_FI_DEV_FB_USED")
    others = _AT.level("DCGM_FI_DEV_FB_FREE") + _AT.level("DCGM_FI_DEV_FB_RESERVED")
    return Row(
        "At a glance",
        (
            stat(
                "GPUs answering",
                "GPUs whose driver answers. Fewer than the nodes hold: a GPU is lost or its driver hangs; see "
                "emberline_gpu_up for which.",
                _AT.level("emberline_gpu_up"),
                steady="a state: it moves when a GPU is lost",
            ),
            stat(
                "Utilization",
                "Mean share of time in which a kernel ran. Paid for and idle below 30 %; saturated near 100 %.",
                _AT.level("DCGM_FI_DEV_GPU_UTIL", reduce="avg"),
                marks=promised.marks("A5"),
            ),
            stat(
                "Memory used",
                "Share of all framebuffer memory in use. LLM servers reserve most of it at start, so "
                "high is normal; moving is what matters.",
                used.beside(others),
                marks=_FULL,
            ),
            stat(
                "Hottest GPU",
                "The highest core temperature. Data-centre GPUs slow themselves down from about 85 °C.",
                _AT.level("DCGM_FI_DEV_GPU_TEMP", reduce="max"),
                marks=_WARM,
            ),
            stat("Power", "What all chosen GPUs draw together.", _AT.level("DCGM_FI_DEV_POWER_USAGE")),
            stat(
                "Xid errors",
                "Errors of the driver a second. Zero is the only good value.",
                _AT.rate("emberline_gpu_xid_errors_total"),
                marks=from_above(1e-9, 0.01),
                steady="zero while nothing fails",
            ),
        ),
    )


def _use(promised: Promised) -> Row:
    peak = "emberline_gpu_utilization"
    return Row(
        "Are they used?",
        (
            lines(
                "Utilization by GPU",
                "Share of time in which a kernel ran; it says nothing about how much of the GPU that kernel used. "
                "Neighbours that differ for long: work is placed badly.",
                highest(_AT.series("DCGM_FI_DEV_GPU_UTIL", *EACH)),
                maximum=100,
                marks=promised.marks("A5"),
            ),
            lines(
                "Peaks beside the average",
                "Of every sample that the driver took since the last scrape, not of the one that a scrape happens to "
                "see. A peak near 100 % over a low average: bursts, which batching can smooth.",
                _AT.level(f"{peak}_max_ratio", reduce="max").named("peak"),
                _AT.level(f"{peak}_p95_ratio", reduce="avg").named("95th percentile"),
                _AT.level(f"{peak}_ratio", reduce="avg").named("average"),
                maximum=1,
            ),
            lines(
                "Peak by GPU",
                "The largest sample of each.",
                highest(_AT.series(f"{peak}_max_ratio", *EACH)),
                width=8,
                maximum=1,
            ),
            lines(
                "Busy share by GPU",
                "From the counter of busy time, so that nothing between two scrapes is missed.",
                highest(_AT.rate("emberline_gpu_busy_seconds_total", *EACH)),
                width=8,
                maximum=1,
            ),
            lines(
                "Memory bandwidth in use by GPU",
                "Share of time in which memory was read or written. Decoding tokens is bound by memory: expect it high "
                "when utilization is.",
                highest(_AT.series("DCGM_FI_DEV_MEM_COPY_UTIL", *EACH)),
                width=8,
                maximum=100,
            ),
            lines(
                "Tensor cores by GPU",
                "Share of cycles in which they worked, where profiling is exported (dcgm-exporter). High utilization "
                "with idle tensor cores: the work is not the model's mathematics.",
                highest(_AT.series("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", *EACH)),
                maximum=1,
            ),
            lines(
                "Memory moving data by GPU",
                "Share of cycles, where profiling is exported. Near 100 %: the model is bound by memory.",
                highest(_AT.series("DCGM_FI_PROF_DRAM_ACTIVE", *EACH)),
                maximum=1,
            ),
        ),
    )


def _memory() -> Row:
    used = _AT.level("DCGM_FI_DEV_FB_USED", "Hostname")
    others = _AT.level("DCGM_FI_DEV_FB_FREE", "Hostname") + _AT.level("DCGM_FI_DEV_FB_RESERVED", "Hostname")
    return Row(
        "Do they hold the load?",
        (
            lines(
                "Memory used by GPU",
                "Framebuffer memory in use. A slope that never turns is a leak.",
                highest(_AT.series("DCGM_FI_DEV_FB_USED", *EACH)),
            ),
            lines(
                "Share of memory used by node",
                "Used over used, free and reserved. Above 98 % the next allocation may fail.",
                used.beside(others),
                maximum=1,
                marks=_FULL,
            ),
        ),
    )
