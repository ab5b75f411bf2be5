"""Every field that is known by name: those of fields.csv, by either name, and those of a kind that NVML cannot serve.

Types and helps are those of dcgm-exporter's default counters (4.5.3-4.8.2), wrong ones included: NVLINK_BANDWIDTH_TOTAL
is a rate and DCGM_EXP_*_COUNT fall, yet all are counters. A counters file says otherwise where it wants to.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from exporter.dcgm.field import (
    Counted,
    Field,
    First,
    LastXid,
    OfDevice,
    OfNode,
    Pace,
    Source,
    Text,
    Unserved,
    UsedShare,
)


def _source(kind: str, words: str, per: float) -> Source:
    what: Any = words  # the columns of our own table; a test reads every row
    names = tuple(words.split())
    made: dict[str, Source] = {
        "whole": First(names, per),
        "fraction": First(names, per, whole=False),
        "pace": Pace(names, per),
        "used": UsedShare(),
        "text": Text(words),
        "node": OfNode(what),
        "device": OfDevice(what),
        "xid": LastXid(),
        "window": Counted(what),
        "total": Counted(what, total=True),
        "no": Unserved(words),
    }
    return made[kind]


def _read() -> Iterator[Field]:
    text = Path(__file__).with_name("fields.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        source = _source(row["kind"], row["quantities"], float(row["per"]))
        kind: Any = row["type"]
        default: Any = row["default"]
        yield Field(int(row["number"]), row["name"], row["renamed"], kind, row["help"], source, default)


FIELDS: Final = tuple(_read())
"""In the order of dcgm-exporter's default counters, then what users add."""

_LINKS: Final = "of single links; the totals of all links are read"
_PROFILING: Final = "not among the metrics of NVML's GPM, or it needs DCGM's profiling module"
_NO_KIN: Final = (
    ("DCGM_FI_DEV_NVSWITCH_", "of NVSwitches, which NVML does not see"),
    ("DCGM_FI_DEV_CONNECTX_", "of network adapters, which NVML does not see"),
    ("DCGM_FI_DEV_CPU_", "of Grace CPUs, which NVML does not see"),
    ("DCGM_FI_DEV_DIAG_", "a result of DCGM's diagnostics"),
    ("DCGM_FI_DEV_VGPU_", "of virtual GPUs on a host, which are not read"),
    ("DCGM_FI_DEV_NVLINK_", _LINKS),
    ("DCGM_FI_DEV_FABRIC_", "of the fabric manager, which is not asked"),
    ("DCGM_FI_DEV_C2C_", "of the link between GPU and Grace CPU, which is not read"),
    ("DCGM_FI_DEV_ECC_", "of single memories; the totals are read"),
    ("DCGM_FI_DEV_BANK_REMAP_", "the row remapper's histogram is not read"),
    ("DCGM_FI_DEV_PLATFORM_", "of the rack, which is not read"),
    ("DCGM_FI_PROF_", _PROFILING),
    ("DCGM_FI_BIND_UNBIND_EVENT", "GPUs that come and go are followed without it"),
    ("DCGM_FI_SYSTEM_", "of DCGM itself or of the node's topology"),
    ("DCGM_FI_INTERNAL_", "internal to DCGM"),
)
"""What whole kinds of fields miss, by the beginning of their names; a field of the table above comes first."""

OLDEST: Final = {
    "dcgm_sm_clock": "SM_CLOCK",
    "dcgm_memory_clock": "MEM_CLOCK",
    "dcgm_memory_temp": "MEMORY_TEMP",
    "dcgm_gpu_temp": "GPU_TEMP",
    "dcgm_power_usage": "POWER_USAGE",
    "dcgm_total_energy_consumption": "TOTAL_ENERGY_CONSUMPTION",
    "dcgm_pcie_tx_throughput": "PCIE_TX_THROUGHPUT",
    "dcgm_pcie_rx_throughput": "PCIE_RX_THROUGHPUT",
    "dcgm_pcie_replay_counter": "PCIE_REPLAY_COUNTER",
    "dcgm_gpu_utilization": "GPU_UTIL",
    "dcgm_mem_copy_utilization": "MEM_COPY_UTIL",
    "dcgm_enc_utilization": "ENC_UTIL",
    "dcgm_dec_utilization": "DEC_UTIL",
    "dcgm_xid_errors": "XID_ERRORS",
    "dcgm_fb_free": "FB_FREE",
    "dcgm_fb_used": "FB_USED",
    "dcgm_power_violation": "POWER_VIOLATION",
    "dcgm_thermal_violation": "THERMAL_VIOLATION",
    "dcgm_sync_boost_violation": "SYNC_BOOST_VIOLATION",
    "dcgm_board_limit_violation": "BOARD_LIMIT_VIOLATION",
    "dcgm_low_util_violation": "LOW_UTIL_VIOLATION",
    "dcgm_reliability_violation": "RELIABILITY_VIOLATION",
    "dcgm_ecc_sbe_volatile_total": "ECC_SBE_VOL_TOTAL",
    "dcgm_ecc_dbe_volatile_total": "ECC_DBE_VOL_TOTAL",
    "dcgm_ecc_sbe_aggregate_total": "ECC_SBE_AGG_TOTAL",
    "dcgm_ecc_dbe_aggregate_total": "ECC_DBE_AGG_TOTAL",
    "dcgm_retired_pages_sbe": "RETIRED_SBE",
    "dcgm_retired_pages_dbe": "RETIRED_DBE",
    "dcgm_retired_pages_pending": "RETIRED_PENDING",
    "dcgm_nvlink_flit_crc_error_count_total": "NVLINK_CRC_FLIT_ERROR_COUNT_TOTAL",
    "dcgm_nvlink_data_crc_error_count_total": "NVLINK_CRC_DATA_ERROR_COUNT_TOTAL",
    "dcgm_nvlink_replay_error_count_total": "NVLINK_REPLAY_ERROR_COUNT_TOTAL",
    "dcgm_nvlink_recovery_error_count_total": "NVLINK_RECOVERY_ERROR_COUNT_TOTAL",
    "dcgm_nvlink_bandwidth_total": "NVLINK_BANDWIDTH_TOTAL",
}
"""The names of release 1.x that are not today's in small letters, without the beginning `DCGM_FI_DEV_`."""


def _by_name() -> dict[str, Field]:
    found = {name: field for field in FIELDS for name in (field.renamed, field.legacy)}
    found["DCGM_FI_DEV_CLOCK_THROTTLE_REASONS"] = found["DCGM_FI_DEV_CLOCKS_EVENT_REASONS"]
    found |= {name.lower(): field for name, field in found.items() if name.startswith("DCGM_FI_PROF_")}
    return found | {old: found[f"DCGM_FI_DEV_{name}"] for old, name in OLDEST.items()}


BY_NAME: Final = _by_name()
"""Every name that a counters file may hold and what it means: legacy, DCGM 4.6, and release 1.x."""


def field_of(name: str) -> Field | None:
    """The field of that name, one that cannot be served included; None if DCGM has none that is known here."""
    found = BY_NAME.get(name)
    if found is not None:
        return found
    for start, reason in _NO_KIN:
        if name.startswith(start):
            return Field(0, name, name, "gauge", "", Unserved(reason), "absent")
    return None


def default_counters() -> str:
    """The built-in counters file: dcgm-exporter's default, row by row, what is off as a comment."""
    rows = (field for field in FIELDS if field.default != "absent")
    lines = (f"{'' if row.default == 'on' else '# '}{row.legacy}, {row.type}, {row.help}" for row in rows)
    return "# DCGM field, type, help\n" + "\n".join(lines) + "\n"
