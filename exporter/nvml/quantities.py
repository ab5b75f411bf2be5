"""What can be read of a GPU or MIG instance: the vocabulary between the driver's answers and the metrics on the page.

Each quantity is in the unit that NVML answers in, which its name ends with; what a metric makes of it is the
catalogue's business. Outside its range an answer is a sentinel or garbage, and no value.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured thing and the range in which an answer is believed."""

    name: str
    most: float
    least: float = 0.0

    def holds(self, value: float) -> bool:
        """Whether the value can be true; NaN cannot."""
        return self.least <= value <= self.most


_COUNT: Final = 2.0**53  # beyond, a float64 no longer holds every integer
_NANOSECONDS: Final = 2.0**62  # 146 years; DCGM's blank value lies above
_BYTES: Final = 2.0**44  # 16 TiB
_CELSIUS: Final = 200.0  # what DCGM drops as well
_MHZ: Final = 50_000.0
_MILLIWATTS: Final = 1e8
_PER_SECOND: Final = 2.0**24  # MiB/s


def _all(most: float, names: str, least: float = 0.0) -> Iterable[Quantity]:
    return (Quantity(name, most, least) for name in names.split())


_TABLE: Final = (
    *_all(_MHZ, "sm_clock_mhz memory_clock_mhz video_clock_mhz max_sm_clock_mhz max_memory_clock_mhz"),
    *_all(_MHZ, "max_video_clock_mhz app_sm_clock_mhz app_memory_clock_mhz"),
    *_all(_CELSIUS, "gpu_celsius memory_celsius slowdown_celsius shutdown_celsius", -100.0),
    *_all(_CELSIUS, "gpu_max_operating_celsius memory_max_operating_celsius margin_celsius", -100.0),
    *_all(_MILLIWATTS, "power_milliwatts instant_power_milliwatts power_limit_milliwatts enforced_limit_milliwatts"),
    *_all(_MILLIWATTS, "default_limit_milliwatts least_limit_milliwatts most_limit_milliwatts"),
    *_all(_COUNT, "energy_millijoules"),
    # Shares of the newest sampling period of the driver, which lasts between 1/6 s and 1 s.
    *_all(100.0, "gpu_percent memory_percent encoder_percent decoder_percent jpeg_percent optical_flow_percent"),
    # What the sample rings held over the window: shares of the time.
    *_all(100.0, "gpu_average_percent gpu_max_percent gpu_p95_percent memory_average_percent memory_max_percent"),
    *_all(_MILLIWATTS, "power_max_milliwatts"),
    *_all(_BYTES, "memory_total_bytes memory_free_bytes memory_used_bytes memory_reserved_bytes"),
    *_all(_BYTES, "bar1_total_bytes bar1_free_bytes bar1_used_bytes"),
    *_all(2.0**32, "clocks_event_reasons"),
    *_all(_NANOSECONDS, "power_cap_ns thermal_ns sync_boost_ns board_limit_ns low_utilization_ns reliability_ns"),
    *_all(_NANOSECONDS, "app_clocks_ns base_clocks_ns sw_thermal_ns hw_thermal_ns hw_power_brake_ns"),
    *_all(_COUNT, "ecc_sbe_volatile ecc_dbe_volatile ecc_sbe_aggregate ecc_dbe_aggregate"),
    *_all(_COUNT, "retired_sbe_pages retired_dbe_pages remapped_correctable_rows remapped_uncorrectable_rows"),
    *_all(1.0, "retired_pending remap_pending remap_failed"),
    *_all(_COUNT, "pcie_replays pcie_tx_bytes pcie_rx_bytes"),
    *_all(128.0, "pcie_generation pcie_width max_pcie_generation max_pcie_width"),
    *_all(_COUNT, "nvlink_rx_kibibytes nvlink_tx_kibibytes nvlink_l0_rx_kibibytes nvlink_l0_tx_kibibytes"),
    *_all(_COUNT, "nvlink_crc_flit_errors nvlink_crc_data_errors nvlink_replay_errors nvlink_recovery_errors"),
    *_all(64.0, "performance_state recovery_action vgpu_license_state compute_mode"),
    *_all(1.0, "persistence_mode ecc_mode ecc_pending_mode mig_mode"),
    *_all(100.0, "fan_percent"),
    *_all(100.0, "graphics_util_percent sm_util_percent sm_occupancy_percent tensor_percent dram_percent"),
    *_all(100.0, "integer_percent fp64_percent fp32_percent fp16_percent dfma_percent hmma_percent imma_percent"),
    *_all(_PER_SECOND, "pcie_tx_mebibytes_per_second pcie_rx_mebibytes_per_second"),
    *_all(_PER_SECOND, "nvlink_tx_mebibytes_per_second nvlink_rx_mebibytes_per_second"),
)

QUANTITIES: Final = {quantity.name: quantity for quantity in _TABLE}
"""Every quantity by its name."""

TEXTS: Final = (
    "brand",
    "serial",
    "vbios_version",
    "inforom_image_version",
    "inforom_oem_version",
    "inforom_ecc_version",
    "inforom_power_version",
)
"""What the driver says of a GPU in words; labels are made of it."""

INCREMENTS: Final = ("busy_seconds", "memory_busy_seconds", "samples_lost")
"""What is counted by us rather than by the driver: each reading holds how much was added since the one before."""


def believable(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The values that can be true, by name of quantity."""
    return {name: float(value) for name, value in values if QUANTITIES[name].holds(value)}
