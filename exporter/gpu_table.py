"""The table of our own series of a GPU: base units and right types, from NVML's quantities."""

from dataclasses import dataclass
from typing import Final

from exporter.metric import Metric
from native.exposition import FamilyType, Labels

Scale = tuple[float, float]
"""Times what, and over what: a division by 1000 is exact where a product with 0.001 is not."""


@dataclass(frozen=True, slots=True)
class Row:
    """A series of a family: its label, and the quantities of which the first that was read is scaled."""

    metric: Metric
    label: Labels
    quantities: tuple[str, ...]
    scale: Scale


def _family(name: str, type_: FamilyType, text: str, scale: Scale, *rows: str) -> tuple[Row, ...]:
    """Rows are written `quantity …` or `label=value: quantity …`."""
    metric = Metric(f"emberline_gpu_{name}", type_, text)
    return tuple(_row(metric, row, scale) for row in rows)


def _row(metric: Metric, row: str, scale: Scale) -> Row:
    labels, _, quantities = row.rpartition(": ")
    pairs = (pair.partition("=") for pair in labels.split())
    return Row(metric, tuple((name, value) for name, _, value in pairs), tuple(quantities.split()), scale)


_ONE: Final = (1.0, 1.0)
_PERCENT: Final = (1.0, 100.0)
_MILLI: Final = (1.0, 1000.0)
_NANO: Final = (1.0, 1e9)
_MEGA: Final = (1e6, 1.0)
_KIBI: Final = (1024.0, 1.0)

ROWS: Final = (
    *_family(
        "utilization_ratio",
        "gauge",
        "Share of the window in which a kernel ran; of a MIG instance, share in which its graphics engine did.",
        _PERCENT,
        "gpu_average_percent gpu_percent graphics_util_percent",
    ),
    *_family("utilization_max_ratio", "gauge", "Busiest sample of the window.", _PERCENT, "gpu_max_percent"),
    *_family("utilization_p95_ratio", "gauge", "95th percentile of the window's samples.", _PERCENT, "gpu_p95_percent"),
    *_family(
        "memory_utilization_ratio",
        "gauge",
        "Share of the window in which memory was read or written.",
        _PERCENT,
        "memory_average_percent memory_percent",
    ),
    *_family(
        "engine_utilization_ratio",
        "gauge",
        "Share of time in which a fixed-function engine was busy.",
        _PERCENT,
        "engine=encoder: encoder_percent",
        "engine=decoder: decoder_percent",
        "engine=jpeg: jpeg_percent",
        "engine=optical_flow: optical_flow_percent",
    ),
    *_family("memory_used_bytes", "gauge", "Memory in use.", _ONE, "memory_used_bytes"),
    *_family("memory_free_bytes", "gauge", "Memory that can be allocated.", _ONE, "memory_free_bytes"),
    *_family("memory_reserved_bytes", "gauge", "Memory that the driver keeps.", _ONE, "memory_reserved_bytes"),
    *_family("memory_total_bytes", "gauge", "Memory altogether.", _ONE, "memory_total_bytes"),
    *_family(
        "temperature_celsius",
        "gauge",
        "Temperature.",
        _ONE,
        "sensor=gpu: gpu_celsius",
        "sensor=memory: memory_celsius",
    ),
    *_family("power_watts", "gauge", "Power draw.", _MILLI, "power_milliwatts"),
    *_family("power_max_watts", "gauge", "Highest power sample of the window.", _MILLI, "power_max_milliwatts"),
    *_family(
        "power_limit_watts", "gauge", "Power limit that the driver enforces.", _MILLI, "enforced_limit_milliwatts"
    ),
    *_family(
        "energy_joules_total", "counter", "Energy used since the driver was loaded.", _MILLI, "energy_millijoules"
    ),
    *_family(
        "throttle_seconds_total",
        "counter",
        "Time in which the clocks were lowered; reasons overlap.",
        _NANO,
        "reason=power_cap: power_cap_ns",
        "reason=thermal: thermal_ns",
        "reason=sync_boost: sync_boost_ns",
        "reason=board_limit: board_limit_ns",
        "reason=low_utilization: low_utilization_ns",
        "reason=reliability: reliability_ns",
        "reason=app_clocks: app_clocks_ns",
        "reason=base_clocks: base_clocks_ns",
        "reason=sw_thermal: sw_thermal_ns",
        "reason=hw_thermal: hw_thermal_ns",
        "reason=hw_power_brake: hw_power_brake_ns",
    ),
    *_family(
        "clock_hertz",
        "gauge",
        "Clock frequency.",
        _MEGA,
        "clock=sm: sm_clock_mhz",
        "clock=memory: memory_clock_mhz",
        "clock=video: video_clock_mhz",
    ),
    *_family(
        "ecc_errors_total",
        "counter",
        "ECC errors: volatile ones since the driver was loaded, aggregate ones in the GPU's life.",
        _ONE,
        "severity=corrected scope=volatile: ecc_sbe_volatile",
        "severity=uncorrected scope=volatile: ecc_dbe_volatile",
        "severity=corrected scope=aggregate: ecc_sbe_aggregate",
        "severity=uncorrected scope=aggregate: ecc_dbe_aggregate",
    ),
    *_family(
        "row_remaps_total",
        "counter",
        "Remapped rows of the memory by the kind of error.",
        _ONE,
        "kind=correctable: remapped_correctable_rows",
        "kind=uncorrectable: remapped_uncorrectable_rows",
    ),
    *_family("row_remap_pending", "gauge", "Whether a row waits for a reset.", _ONE, "remap_pending"),
    *_family("row_remap_failed", "gauge", "Whether a row could not be remapped.", _ONE, "remap_failed"),
    *_family(
        "retired_pages_total",
        "counter",
        "Retired pages of the memory by the kind of error.",
        _ONE,
        "kind=single_bit: retired_sbe_pages",
        "kind=double_bit: retired_dbe_pages",
    ),
    *_family("pcie_tx_bytes_total", "counter", "Bytes sent over PCIe.", _ONE, "pcie_tx_bytes"),
    *_family("pcie_rx_bytes_total", "counter", "Bytes received over PCIe.", _ONE, "pcie_rx_bytes"),
    *_family("pcie_replays_total", "counter", "Packets sent again over PCIe.", _ONE, "pcie_replays"),
    *_family("nvlink_tx_bytes_total", "counter", "Bytes sent over all NVLinks.", _KIBI, "nvlink_tx_kibibytes"),
    *_family("nvlink_rx_bytes_total", "counter", "Bytes received over all NVLinks.", _KIBI, "nvlink_rx_kibibytes"),
    *_family(
        "nvlink_errors_total",
        "counter",
        "Errors of all NVLinks.",
        _ONE,
        "kind=crc_flit: nvlink_crc_flit_errors",
        "kind=crc_data: nvlink_crc_data_errors",
        "kind=replay: nvlink_replay_errors",
        "kind=recovery: nvlink_recovery_errors",
    ),
    *_family(
        "recovery_action",
        "gauge",
        "What would make the GPU well: 0 nothing, 1 GPU reset, 2 node reboot, 3 drain P2P, 4 drain and reset.",
        _ONE,
        "recovery_action",
    ),
    *_family("performance_state", "gauge", "Performance state, 0 the highest to 15.", _ONE, "performance_state"),
    *_family(
        "clocks_event_reasons",
        "gauge",
        "Bit mask of why the clocks are what they are; emberline_gpu_clocks_event has a series for each bit.",
        _ONE,
        "clocks_event_reasons",
    ),
    *_family(
        "profiling_ratio",
        "gauge",
        "Share of time or cycles in which a unit was active, from NVML's GPM (Hopper and later).",
        _PERCENT,
        "unit=graphics: graphics_util_percent",
        "unit=sm: sm_util_percent",
        "unit=sm_occupancy: sm_occupancy_percent",
        "unit=tensor: tensor_percent",
        "unit=dram: dram_percent",
        "unit=integer: integer_percent",
        "unit=fp64: fp64_percent",
        "unit=fp32: fp32_percent",
        "unit=fp16: fp16_percent",
        "unit=tensor_dfma: dfma_percent",
        "unit=tensor_hmma: hmma_percent",
        "unit=tensor_imma: imma_percent",
    ),
)
