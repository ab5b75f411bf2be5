"""The fields: dcgm-exporter's own list, DCGM's two vocabularies, and what each value is made of."""

import csv
from pathlib import Path

import pytest

from exporter.dcgm.catalogue import BY_NAME, FIELDS, default_counters, field_of
from exporter.dcgm.field import First, Pace, Text, Unserved
from exporter.dcgm.xids import MESSAGES, message
from exporter.nvml.quantities import QUANTITIES, TEXTS, believable
from tests.exporter.dcgm.shown import GIB, value

UPSTREAM = Path(__file__).resolve().parents[2] / "data/dcgm/default-counters.csv"


def rows(text: str) -> list[tuple[bool, str, str, str]]:
    """Every row of a counters file, on or off, without what this project's reader makes of it."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in next(csv.reader([line.lstrip("# ")]))]
        if len(cells) == 3 and cells[0].startswith("DCGM_"):
            found.append((not line.startswith("#"), cells[0], cells[1], cells[2]))
    return found


def test_the_built_in_counters_are_those_of_dcgm_exporter() -> None:
    upstream = rows(UPSTREAM.read_text(encoding="utf-8"))
    assert len(upstream) == 61
    assert sum(on for on, *_ in upstream) == 26
    assert rows(default_counters()) == upstream


RENAMED = {
    "GPU_UTIL": "GPU_UTIL_RATIO",
    "GPU_TEMP": "GPU_TEMP_CELSIUS",
    "MEMORY_TEMP": "MEMORY_TEMP_CELSIUS",
    "POWER_USAGE": "BOARD_POWER_WATTS",
    "POWER_USAGE_INSTANT": "BOARD_POWER_RAW_WATTS",
    "POWER_MGMT_LIMIT": "BOARD_POWER_LIMIT_REQUESTED_WATTS",
    "POWER_MGMT_LIMIT_MIN": "BOARD_POWER_LIMIT_MIN_WATTS",
    "POWER_MGMT_LIMIT_MAX": "BOARD_POWER_LIMIT_MAX_WATTS",
    "POWER_MGMT_LIMIT_DEF": "BOARD_POWER_LIMIT_DEFAULT_WATTS",
    "ENFORCED_POWER_LIMIT": "BOARD_POWER_LIMIT_ENFORCED_WATTS",
    "PSTATE": "GPU_PSTATE",
    "PCIE_REPLAY_COUNTER": "PCIE_REPLAY_TOTAL",
    "XID_ERRORS": "XID_ERROR",
    "FB_USED_PERCENT": "FB_USED_RATIO",
    "RETIRED_SBE": "PAGE_RETIRED_SBE_TOTAL",
    "RETIRED_DBE": "PAGE_RETIRED_DBE_TOTAL",
    "RETIRED_PENDING": "PAGE_RETIRED_PENDING",
    "UNCORRECTABLE_REMAPPED_ROWS": "ROW_REMAP_UNCORRECTABLE_TOTAL",
    "CORRECTABLE_REMAPPED_ROWS": "ROW_REMAP_CORRECTABLE_TOTAL",
    "ROW_REMAP_FAILURE": "ROW_REMAP_FAILED",
    "NVLINK_BANDWIDTH_TOTAL": "NVLINK_THROUGHPUT_TOTAL",
    "NVLINK_BANDWIDTH_L0": "NVLINK_THROUGHPUT_L0",
    "NVLINK_CRC_FLIT_ERROR_COUNT_TOTAL": "NVLINK_CRC_FLIT_ERROR_TOTAL",
    "NVLINK_RECOVERY_ERROR_COUNT_TOTAL": "NVLINK_RECOVERY_ERROR_TOTAL",
    "SERIAL": "BOARD_SERIAL",
    "GET_GPU_RECOVERY_ACTION": "GPU_RECOVERY_ACTION",
    "SM_CLOCK": "SM_CLOCK",
    "MEM_CLOCK": "MEM_CLOCK",
    "FB_FREE": "FB_FREE",
    "FB_USED": "FB_USED",
    "FB_RESERVED": "FB_RESERVED",
    "MEM_COPY_UTIL": "MEM_COPY_UTIL",
    "ENC_UTIL": "ENC_UTIL",
    "DEC_UTIL": "DEC_UTIL",
    "VGPU_LICENSE_STATUS": "VGPU_LICENSE_STATUS",
    "TOTAL_ENERGY_CONSUMPTION": "TOTAL_ENERGY_CONSUMPTION",
    "POWER_VIOLATION": "POWER_VIOLATION",
}
RENAMED_ELSEWHERE = {
    "DCGM_FI_DRIVER_VERSION": "DCGM_FI_SYSTEM_DRIVER_VERSION",
    "DCGM_FI_NVML_VERSION": "DCGM_FI_SYSTEM_NVML_VERSION",
    "DCGM_FI_PROF_GR_ENGINE_ACTIVE": "DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO",
    "DCGM_FI_PROF_SM_ACTIVE": "DCGM_FI_PROF_SM_UTIL_RATIO",
    "DCGM_FI_PROF_SM_OCCUPANCY": "DCGM_FI_PROF_SM_OCCUPANCY_RATIO",
    "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE": "DCGM_FI_PROF_TENSOR_UTIL_RATIO",
    "DCGM_FI_PROF_DRAM_ACTIVE": "DCGM_FI_PROF_DRAM_UTIL_RATIO",
    "DCGM_FI_PROF_PIPE_FP16_ACTIVE": "DCGM_FI_PROF_FP16_UTIL_RATIO",
    "DCGM_FI_PROF_PCIE_TX_BYTES": "DCGM_FI_PROF_PCIE_TX_BYTES",
}


def test_the_second_vocabulary_is_that_of_dcgm_4_6() -> None:
    expected = {f"DCGM_FI_DEV_{old}": f"DCGM_FI_DEV_{new}" for old, new in RENAMED.items()} | RENAMED_ELSEWHERE
    assert {old: BY_NAME[old].renamed for old in expected} == expected
    assert all(BY_NAME[new] is BY_NAME[old] for old, new in expected.items())


def test_no_name_and_no_number_stands_for_two_fields() -> None:
    legacy = [field.legacy for field in FIELDS]
    both = [name for field in FIELDS for name in {field.legacy, field.renamed}]
    numbers = [field.number for field in FIELDS]
    assert (len(set(legacy)), len(set(both)), len(set(numbers))) == (len(FIELDS), len(both), len(FIELDS))


def test_every_source_is_something_that_is_read() -> None:
    sources = [field.source for field in FIELDS]
    read = {name for source in sources if isinstance(source, First | Pace) for name in source.quantities}
    assert read - QUANTITIES.keys() == set()
    assert {source.key for source in sources if isinstance(source, Text)} == set(TEXTS)


CONVERSIONS: list[tuple[str, dict[str, float], float | None]] = [
    ("DCGM_FI_DEV_SM_CLOCK", {"sm_clock_mhz": 1695}, 1695),
    ("DCGM_FI_DEV_POWER_USAGE", {"power_milliwatts": 149_731}, 149.731),
    ("DCGM_FI_DEV_POWER_MGMT_LIMIT", {"power_limit_milliwatts": 150_250}, 150.25),  # DCGM says 150
    ("DCGM_FI_DEV_ENFORCED_POWER_LIMIT", {"enforced_limit_milliwatts": 699_999}, 699.999),
    ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", {"energy_millijoules": 987_654_321_012}, 987_654_321_012),
    ("DCGM_FI_DEV_FB_USED", {"memory_used_bytes": 17 * GIB + 2**20 - 1}, 17 * 1024),
    ("DCGM_FI_DEV_FB_TOTAL", {"memory_total_bytes": 80 * GIB}, 80 * 1024),
    ("DCGM_FI_DEV_BAR1_USED", {"bar1_used_bytes": 3 * 2**20 - 1}, 2),
    (
        "DCGM_FI_DEV_FB_USED_PERCENT",
        {"memory_used_bytes": 20 * GIB, "memory_total_bytes": 81 * GIB, "memory_reserved_bytes": GIB},
        0.25,
    ),
    ("DCGM_FI_DEV_FB_USED_PERCENT", {"memory_used_bytes": 20 * GIB, "memory_total_bytes": 80 * GIB}, 0.25),
    ("DCGM_FI_DEV_FB_USED_PERCENT", {"memory_used_bytes": GIB, "memory_total_bytes": 0}, None),
    ("DCGM_FI_DEV_FB_USED_PERCENT", {"memory_used_bytes": GIB}, None),
    ("DCGM_FI_DEV_GPU_UTIL", {"gpu_percent": 93}, 93),
    ("DCGM_FI_DEV_GPU_UTIL", {"gpu_percent": 93, "gpu_average_percent": 12.5}, 12.5),
    ("DCGM_FI_DEV_GPU_UTIL_RATIO", {"gpu_percent": 93}, 93),  # DCGM 4.6: the same integer field 203, in percent
    ("DCGM_FI_DEV_GPU_UTIL", {"graphics_util_percent": 93}, None),  # a MIG instance: absent, as with DCGM
    ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", {"graphics_util_percent": 93}, 0.93),
    ("DCGM_FI_PROF_PCIE_TX_BYTES", {"pcie_tx_mebibytes_per_second": 1.5}, 1_572_864),
    ("DCGM_FI_DEV_POWER_VIOLATION", {"power_cap_ns": 5e9}, 5e9),
    ("DCGM_FI_DEV_CLOCK_THROTTLE_REASONS", {"clocks_event_reasons": 36}, 36),
    ("DCGM_FI_DEV_MINOR_NUMBER", {}, 4),
    ("DCGM_FI_DEV_NVML_INDEX", {}, 0),
]


@pytest.mark.parametrize(("name", "values", "expected"), CONVERSIONS)
def test_a_value_is_in_the_unit_of_dcgm(name: str, values: dict[str, float], expected: float | None) -> None:
    assert value(name, values) == expected


SENTINELS: list[tuple[str, str, float]] = [
    ("DCGM_FI_DEV_GPU_UTIL", "gpu_percent", 808_334_905),
    ("DCGM_FI_DEV_POWER_USAGE", "power_milliwatts", 2**32 - 1),
    ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "energy_millijoules", 9.2e18),
    ("DCGM_FI_DEV_GPU_TEMP", "gpu_celsius", 255),
    ("DCGM_FI_DEV_FB_USED", "memory_used_bytes", 2**64 - 1),
    ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", "graphics_util_percent", float("nan")),
    ("DCGM_FI_PROF_PCIE_RX_BYTES", "pcie_rx_mebibytes_per_second", float("inf")),
]


@pytest.mark.parametrize(("name", "quantity", "sentinel"), SENTINELS)
def test_a_sentinel_is_absent_and_a_value_is_there(name: str, quantity: str, sentinel: float) -> None:
    assert value(name, believable([(quantity, sentinel)])) is None
    assert value(name, believable([(quantity, 10)])) is not None


def test_free_used_and_reserved_are_the_total_but_for_what_rounding_drops() -> None:
    held = {
        "memory_total_bytes": 80 * GIB,
        "memory_free_bytes": 61 * GIB + 5,
        "memory_used_bytes": 18 * GIB + 77,
        "memory_reserved_bytes": GIB - 82,
    }
    parts = [value(f"DCGM_FI_DEV_FB_{part}", held) or 0 for part in ("FREE", "USED", "RESERVED")]
    assert 0 <= (value("DCGM_FI_DEV_FB_TOTAL", held) or 0) - sum(parts) <= 2


@pytest.mark.parametrize(
    "name",
    [
        "DCGM_FI_DEV_PCIE_TX_THROUGHPUT",
        "DCGM_FI_DEV_PCIE_RX_THROUGHPUT",
        "DCGM_EXP_GPU_HEALTH_STATUS",
        "DCGM_FI_DEV_NVSWITCH_LINK_FATAL_ERRORS",
        "DCGM_FI_DEV_CPU_UTIL_TOTAL",
        "DCGM_FI_DEV_NVLINK_BANDWIDTH_L7",
        "DCGM_FI_PROF_NVDEC0_ACTIVE",
        "DCGM_FI_DEV_ECC_SBE_VOL_L2",
    ],
)
def test_what_nvml_cannot_serve_has_a_reason(name: str) -> None:
    field = field_of(name)
    assert field is not None
    assert isinstance(field.source, Unserved)
    assert len(field.source.reason) > 10


def test_a_name_of_nothing_is_no_field() -> None:
    assert field_of("DCGM_FI_DEV_GPU_UTILL") is None


def test_every_xid_that_upstream_names_has_its_message() -> None:
    assert sorted(MESSAGES) == list(range(173))
    assert [message(code) for code in (0, 31, 79, 172, 173, -1)] == [
        "No Error",
        "GPU memory page fault",
        "GPU has fallen off the bus",
        "Uncorrectable SRAM Error",
        "Unknown Error",
        "Unknown Error",
    ]
