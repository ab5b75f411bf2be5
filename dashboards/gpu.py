"""The catalogue's entries of what a GPU tells, by what they mean: for the status page too."""

from typing import Final

from dashboards.catalog import metric_of

UTILIZATION: Final = metric_of("DCGM_FI_DEV_GPU_UTIL")
UTILIZATION_MAX: Final = metric_of("emberline_gpu_utilization_max_ratio")
UTILIZATION_P95: Final = metric_of("emberline_gpu_utilization_p95_ratio")
BUSY: Final = metric_of("emberline_gpu_busy_seconds_total")
MEMORY_USED: Final = metric_of("DCGM_FI_DEV_FB_USED")
MEMORY_FREE: Final = metric_of("DCGM_FI_DEV_FB_FREE")
MEMORY_RESERVED: Final = metric_of("DCGM_FI_DEV_FB_RESERVED")
TEMPERATURE: Final = metric_of("DCGM_FI_DEV_GPU_TEMP")
POWER: Final = metric_of("DCGM_FI_DEV_POWER_USAGE")
POWER_MAX: Final = metric_of("emberline_gpu_power_max_watts")
POWER_LIMIT: Final = metric_of("emberline_gpu_power_limit_watts")
SM_CLOCK: Final = metric_of("DCGM_FI_DEV_SM_CLOCK")
CLOCK_REASONS: Final = metric_of("emberline_gpu_clocks_event_reasons")
UP: Final = metric_of("emberline_gpu_up")
THROTTLES: Final = {4: "power cap", 8: "hardware slowdown", 32: "software thermal", 64: "hardware thermal"}
"""Bits of the clock event reasons that mean less work per second."""
