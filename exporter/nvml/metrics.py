"""What is exported of one GPU: names, types, helps and order of dcgm-exporter, then our own in base units."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """One exported metric and the range outside which a driver's answer is a sentinel or garbage, not a value."""

    name: str
    type: Literal["gauge", "counter"]
    help: str
    most: float
    least: float = 0.0


_COUNT: Final = 2.0**53  # beyond, a float64 no longer holds every integer
_HOTTEST: Final = 200.0  # °C; what DCGM drops as well
_MEBIBYTES: Final = 2.0**24  # 16 TiB

SM_CLOCK: Final = Metric("DCGM_FI_DEV_SM_CLOCK", "gauge", "SM clock frequency (in MHz).", 20_000)
MEM_CLOCK: Final = Metric("DCGM_FI_DEV_MEM_CLOCK", "gauge", "Memory clock frequency (in MHz).", 50_000)
MEMORY_TEMP: Final = Metric("DCGM_FI_DEV_MEMORY_TEMP", "gauge", "Memory temperature (in C).", _HOTTEST)
GPU_TEMP: Final = Metric("DCGM_FI_DEV_GPU_TEMP", "gauge", "GPU temperature (in C).", _HOTTEST, -100)
POWER_USAGE: Final = Metric("DCGM_FI_DEV_POWER_USAGE", "gauge", "Power draw (in W).", 100_000)
ENERGY: Final = Metric(
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "counter", "Total energy consumption since boot (in mJ).", _COUNT
)
PCIE_REPLAY: Final = Metric("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "counter", "Total number of PCIe retries.", _COUNT)
GPU_UTIL: Final = Metric("DCGM_FI_DEV_GPU_UTIL", "gauge", "GPU utilization (in %).", 100)
MEM_COPY_UTIL: Final = Metric("DCGM_FI_DEV_MEM_COPY_UTIL", "gauge", "Memory utilization (in %).", 100)
ENC_UTIL: Final = Metric("DCGM_FI_DEV_ENC_UTIL", "gauge", "Encoder utilization (in %).", 100)
DEC_UTIL: Final = Metric("DCGM_FI_DEV_DEC_UTIL", "gauge", "Decoder utilization (in %).", 100)
FB_FREE: Final = Metric("DCGM_FI_DEV_FB_FREE", "gauge", "Framebuffer memory free (in MiB).", _MEBIBYTES)
FB_USED: Final = Metric("DCGM_FI_DEV_FB_USED", "gauge", "Framebuffer memory used (in MiB).", _MEBIBYTES)
FB_RESERVED: Final = Metric("DCGM_FI_DEV_FB_RESERVED", "gauge", "Framebuffer memory reserved (in MiB).", _MEBIBYTES)
REMAPPED_UNCORRECTABLE: Final = Metric(
    "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
    "counter",
    "Number of remapped rows for uncorrectable errors",
    _COUNT,
)
REMAPPED_CORRECTABLE: Final = Metric(
    "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", "counter", "Number of remapped rows for correctable errors", _COUNT
)
REMAP_FAILURE: Final = Metric("DCGM_FI_DEV_ROW_REMAP_FAILURE", "gauge", "Whether remapping of rows has failed", 1)
POWER_LIMIT: Final = Metric(
    "emberline_gpu_power_limit_watts", "gauge", "Power limit that the driver enforces (in W).", 100_000
)
CLOCK_REASONS: Final = Metric(
    "emberline_gpu_clocks_event_reasons",
    "gauge",
    "Bit mask of why the clocks are what they are: 1 idle, 2 application clocks, 4 software power cap, 8 hardware "
    "slowdown, 16 sync boost, 32 software thermal, 64 hardware thermal, 128 hardware power brake, 256 display.",
    2.0**32,
)

METRICS: Final = (
    SM_CLOCK,
    MEM_CLOCK,
    MEMORY_TEMP,
    GPU_TEMP,
    POWER_USAGE,
    ENERGY,
    PCIE_REPLAY,
    GPU_UTIL,
    MEM_COPY_UTIL,
    ENC_UTIL,
    DEC_UTIL,
    FB_FREE,
    FB_USED,
    FB_RESERVED,
    REMAPPED_UNCORRECTABLE,
    REMAPPED_CORRECTABLE,
    REMAP_FAILURE,
    POWER_LIMIT,
    CLOCK_REASONS,
)
"""In the order of dcgm-exporter's default counters: the order of the families on the page."""
