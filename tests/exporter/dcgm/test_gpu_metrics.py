"""Our own series: base units, right types, nothing that promtool would say."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from exporter import gpu_metrics
from exporter.dcgm.device import Device, Events
from exporter.dcgm.style import Style
from exporter.gpu_table import ROWS
from exporter.metric import gather
from exporter.nvml.quantities import INCREMENTS, QUANTITIES
from native.exposition import encode
from tests.exporter.dcgm.shown import GIB, NODE, gpu, labels, series

EVENTS = Events(xid_totals={31: 2})
TOTALS = {"busy_seconds": 12.5, "memory_busy_seconds": 3.0, "samples_lost": 0.0}


def page(*devices: Device, style: Style | None = None) -> str:
    return encode(gather(gpu_metrics.points(NODE, devices, style or Style()))).decode()


def found(values: dict[str, float], **changes: Any) -> dict[str, float]:  # noqa: ANN401 - fields of a Device
    """Series without their identity: name, then the labels that are the series' own."""
    own = ("sensor", "clock", "reason", "severity", "scope", "kind", "unit", "engine", "xid")
    text = page(gpu(values=values, **changes))
    return {
        " ".join([name.removeprefix("emberline_gpu_"), *(value for label, value in has if label in own)]): number
        for (name, has), number in series(text).items()
        if name != "emberline_gpu_info"
    }


CASES: list[tuple[dict[str, float], dict[str, float]]] = [
    ({"gpu_percent": 93}, {"utilization_ratio": 0.93}),
    (
        {"gpu_percent": 93, "gpu_average_percent": 50, "gpu_max_percent": 100, "gpu_p95_percent": 99},
        {"utilization_ratio": 0.5, "utilization_max_ratio": 1, "utilization_p95_ratio": 0.99},
    ),
    (
        {"memory_total_bytes": 80 * GIB, "memory_used_bytes": 5},
        {"memory_total_bytes": 80 * GIB, "memory_used_bytes": 5},
    ),
    ({"gpu_celsius": 71, "memory_celsius": 88}, {"temperature_celsius gpu": 71, "temperature_celsius memory": 88}),
    (
        {"power_milliwatts": 149_731, "power_max_milliwatts": 1, "enforced_limit_milliwatts": 150_250},
        {"power_watts": 149.731, "power_max_watts": 0.001, "power_limit_watts": 150.25},
    ),
    ({"energy_millijoules": 987_654_321_012}, {"energy_joules_total": 987_654_321.012}),
    (
        {"power_cap_ns": 1.5e9, "hw_thermal_ns": 1},
        {"throttle_seconds_total power_cap": 1.5, "throttle_seconds_total hw_thermal": 1e-9},
    ),
    ({"sm_clock_mhz": 1695}, {"clock_hertz sm": 1_695_000_000}),
    (
        {"ecc_sbe_volatile": 3, "ecc_dbe_aggregate": 1},
        {"ecc_errors_total volatile corrected": 3, "ecc_errors_total aggregate uncorrected": 1},
    ),
    ({"remapped_uncorrectable_rows": 2}, {"row_remaps_total uncorrectable": 2}),
    ({"nvlink_rx_kibibytes": 3, "pcie_tx_bytes": 7}, {"nvlink_rx_bytes_total": 3072, "pcie_tx_bytes_total": 7}),
    ({"tensor_percent": 12.5}, {"profiling_ratio tensor": 0.125}),
    ({"recovery_action": 1, "remap_failed": 1}, {"recovery_action": 1, "row_remap_failed": 1}),
]


@pytest.mark.parametrize(("values", "expected"), CASES)
def test_a_quantity_is_shown_in_base_units(values: dict[str, float], expected: dict[str, float]) -> None:
    shown = found(values)
    assert shown == {name: pytest.approx(number, rel=1e-15) for name, number in expected.items()}


def test_every_bit_of_the_clocks_reasons_has_a_series() -> None:
    shown = found({"clocks_event_reasons": 4 | 32})
    assert shown.pop("clocks_event_reasons") == 36
    assert {name.removeprefix("clocks_event "): number for name, number in shown.items() if number} == {
        "power_cap": 1,
        "sw_thermal": 1,
    }
    assert len(shown) == 9


def test_what_we_count_ourselves_is_there_once_it_was_counted() -> None:
    assert found({}, totals=TOTALS, events=EVENTS) == {
        "busy_seconds_total": 12.5,
        "memory_busy_seconds_total": 3,
        "samples_lost_total": 0,
        "xid_errors_total 31": 2,
    }
    assert {name for _, name in gpu_metrics.TOTALS} == set(INCREMENTS)
    assert found({}) == {}


def test_labels_identify_the_device_and_the_rest_stands_on_info() -> None:
    text = page(gpu(values={"gpu_percent": 1}, instance=("1g.10gb", 7)), style=Style(hostname_label="hostname"))
    identity = ["gpu", "UUID", "pci_bus_id", "device", "GPU_I_PROFILE", "GPU_I_ID", "hostname"]
    assert labels(text) == [
        identity,
        [*identity, "model", "serial", "brand", "vbios_version", "driver_version", "nvml_version"],
    ]


def test_every_quantity_of_the_table_is_one_that_is_read() -> None:
    assert {name for row in ROWS for name in row.quantities} - QUANTITIES.keys() == set()


def test_promtool_says_nothing_about_our_series(promtool: Path) -> None:
    text = page(gpu(0, totals=TOTALS, events=EVENTS), gpu(1, instance=("1g.10gb", 7)))
    assert len({name for name, _ in series(text)}) == len({row.metric.name for row in ROWS}) + 6

    def said(body: str) -> tuple[int, str]:
        done = subprocess.run([promtool, "check", "metrics"], input=body, text=True, capture_output=True, check=False)
        return done.returncode, done.stderr

    assert said(text) == (0, "")
    code, complaint = said(text.replace("emberline_gpu_energy_joules_total", "emberline_gpu_energy_joules"))
    assert (code, complaint) == (3, 'emberline_gpu_energy_joules counter metrics should have "_total" suffix\n')
