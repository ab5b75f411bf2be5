"""What is asked of a GPU: functions with their arguments, and the quantities that their answers list.

No function is asked twice with the same arguments in one turn of its family, and all field ids share one call.
"""

from dataclasses import dataclass
from typing import Final

from exporter.nvml.ask import Argument


@dataclass(frozen=True, slots=True)
class Question:
    """A function and its arguments, and the quantities that its answer lists, in order."""

    family: str
    function: str
    quantities: tuple[str, ...]
    arguments: tuple[Argument, ...] = ()


def _ask(family: str, function: str, quantities: str, *arguments: Argument) -> Question:
    return Question(family, function, tuple(quantities.split()), arguments)


QUESTIONS: Final = (
    _ask("utilization", "utilization", "gpu_percent memory_percent"),
    _ask("memory", "memory", "memory_total_bytes memory_reserved_bytes memory_free_bytes memory_used_bytes"),
    _ask("temperature", "temperature", "gpu_celsius"),
    _ask("power", "power", "power_milliwatts"),
    _ask("clocks", "clock", "sm_clock_mhz", "sm"),
    _ask("clocks", "clock", "memory_clock_mhz", "memory"),
    _ask("clocks", "clock", "video_clock_mhz", "video"),
    _ask("clocks", "clocks_event_reasons", "clocks_event_reasons"),
    _ask("codec", "encoder", "encoder_percent"),
    _ask("codec", "decoder", "decoder_percent"),
    _ask("codec", "jpeg", "jpeg_percent"),
    _ask("codec", "optical_flow", "optical_flow_percent"),
    _ask("status", "performance_state", "performance_state"),
    _ask("status", "fan", "fan_percent"),
    _ask("status", "persistence_mode", "persistence_mode"),
    _ask("status", "compute_mode", "compute_mode"),
    _ask("status", "ecc_mode", "ecc_mode ecc_pending_mode"),
    _ask("status", "mig_mode", "mig_mode"),
    _ask("status", "margin", "margin_celsius"),
    _ask("status", "bar1", "bar1_total_bytes bar1_free_bytes bar1_used_bytes"),
    _ask("status", "pcie_generation", "pcie_generation"),
    _ask("status", "pcie_width", "pcie_width"),
    _ask("status", "vgpu_license", "vgpu_license_state"),
    _ask("limits", "enforced_limit", "enforced_limit_milliwatts"),
    _ask("limits", "power_limit", "power_limit_milliwatts"),
    _ask("limits", "default_limit", "default_limit_milliwatts"),
    _ask("limits", "limit_range", "least_limit_milliwatts most_limit_milliwatts"),
    _ask("limits", "threshold", "shutdown_celsius", "shutdown"),
    _ask("limits", "threshold", "slowdown_celsius", "slowdown"),
    _ask("limits", "threshold", "gpu_max_operating_celsius", "gpu_max"),
    _ask("limits", "threshold", "memory_max_operating_celsius", "memory_max"),
    _ask("limits", "app_clock", "app_sm_clock_mhz", "sm"),
    _ask("limits", "app_clock", "app_memory_clock_mhz", "memory"),
    _ask("limits", "max_clock", "max_video_clock_mhz", "video"),
    _ask("limits", "max_clock", "max_sm_clock_mhz", "sm"),
    _ask("limits", "max_clock", "max_memory_clock_mhz", "memory"),
    _ask("limits", "max_pcie_generation", "max_pcie_generation"),
    _ask("limits", "max_pcie_width", "max_pcie_width"),
)
"""What is asked of a GPU one by one; fields, samples, profiling and instances have files of their own."""

_EVERY_LINK: Final = 0xFFFFFFFF

FIELDS: Final[dict[str, tuple[int, int]]] = {
    "memory_celsius": (82, 0),
    "energy_millijoules": (83, 0),
    "instant_power_milliwatts": (186, 0),
    "pcie_replays": (94, 0),
    "pcie_tx_bytes": (197, 0),
    "pcie_rx_bytes": (198, 0),
    "remapped_correctable_rows": (142, 0),
    "remapped_uncorrectable_rows": (143, 0),
    "remap_pending": (144, 0),
    "remap_failed": (145, 0),
    "ecc_sbe_volatile": (3, 0),
    "ecc_dbe_volatile": (4, 0),
    "ecc_sbe_aggregate": (5, 0),
    "ecc_dbe_aggregate": (6, 0),
    "retired_sbe_pages": (29, 0),
    "retired_dbe_pages": (30, 0),
    "retired_pending": (31, 0),
    "power_cap_ns": (74, 0),
    "thermal_ns": (75, 0),
    "sync_boost_ns": (76, 0),
    "board_limit_ns": (77, 0),
    "low_utilization_ns": (78, 0),
    "reliability_ns": (79, 0),
    "app_clocks_ns": (80, 0),
    "base_clocks_ns": (81, 0),
    "sw_thermal_ns": (269, 0),
    "hw_thermal_ns": (270, 0),
    "hw_power_brake_ns": (271, 0),
    "nvlink_tx_kibibytes": (138, _EVERY_LINK),
    "nvlink_rx_kibibytes": (139, _EVERY_LINK),
    "nvlink_l0_tx_kibibytes": (138, 0),
    "nvlink_l0_rx_kibibytes": (139, 0),
    "nvlink_crc_flit_errors": (38, 0),
    "nvlink_crc_data_errors": (45, 0),
    "nvlink_replay_errors": (52, 0),
    "nvlink_recovery_errors": (59, 0),
    "recovery_action": (230, 0),
}
"""Field ids of nvml.h and their scope, by quantity."""

UNSIGNED_WHATEVER_IT_SAYS: Final = frozenset({82})
"""Fields whose value type some drivers (around R545) give wrongly."""

METRICS: Final = {
    "graphics_util_percent": 1,
    "sm_util_percent": 2,
    "sm_occupancy_percent": 3,
    "integer_percent": 4,
    "tensor_percent": 5,
    "dfma_percent": 6,
    "hmma_percent": 7,
    "imma_percent": 9,
    "dram_percent": 10,
    "fp64_percent": 11,
    "fp32_percent": 12,
    "fp16_percent": 13,
    "pcie_tx_mebibytes_per_second": 20,
    "pcie_rx_mebibytes_per_second": 21,
    "nvlink_rx_mebibytes_per_second": 60,
    "nvlink_tx_mebibytes_per_second": 61,
}
"""GPM metric ids of nvml.h, by quantity."""


QUESTIONS_OF: Final = {
    family: tuple(question for question in QUESTIONS if question.family == family)
    for family in dict.fromkeys(question.family for question in QUESTIONS)
}
"""The plain questions by family."""
