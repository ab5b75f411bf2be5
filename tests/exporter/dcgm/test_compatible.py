"""The compatible page: names, order and labels of dcgm-exporter, and its weak points that ours does not share."""

import pytest

from exporter.dcgm.device import Earlier, Events, Node
from exporter.dcgm.style import MetricNames, Style
from tests.conftest import Golden
from tests.exporter.dcgm.shown import EVERYTHING, NODE, gpu, labels, page, series, value

IDENTITY = ["gpu", "UUID", "pci_bus_id", "device", "modelName"]
DRIVER = "DCGM_FI_DRIVER_VERSION, label"
TEMPERATURE = "DCGM_FI_DEV_GPU_TEMP"


def test_the_default_page_has_names_types_helps_and_order_of_dcgm_exporter(golden: Golden) -> None:
    golden("dcgm/default.prom", page([gpu(0), gpu(1, instance=("1g.10gb", 7), last_xid=79)]))


def test_labels_stand_in_upstreams_order() -> None:
    rows = ("DCGM_FI_DEV_SERIAL, label", DRIVER, "DCGM_FI_DEV_BRAND, label", TEMPERATURE)
    device = gpu(instance=("1g.10gb", 7), attributes=(("container", "c"), ("namespace", "n"), ("pod", "p")))
    text = page([device], *rows)
    assert labels(text) == [
        [
            *IDENTITY,
            "GPU_I_PROFILE",
            "GPU_I_ID",
            "Hostname",
            "DCGM_FI_DEV_BRAND",
            "DCGM_FI_DEV_SERIAL",
            "DCGM_FI_DRIVER_VERSION",
            "container",
            "namespace",
            "pod",
        ]
    ]
    assert 'GPU_I_PROFILE="1g.10gb",GPU_I_ID="7"' in text


def test_the_device_is_named_by_its_minor_number_where_that_is_known() -> None:
    """Weak point 12: with the index, series would name another GPU's device file."""
    assert 'gpu="0"' in page([gpu(0, minor=3)], TEMPERATURE)
    assert 'device="nvidia3"' in page([gpu(0, minor=3)], TEMPERATURE)
    assert 'device="nvidia0"' in page([gpu(0, minor=None)], TEMPERATURE)


def test_power_limits_keep_their_fraction() -> None:
    """Weak point 8."""
    assert value("DCGM_FI_DEV_POWER_MGMT_LIMIT", {"power_limit_milliwatts": 150_250}) == 150.25


def test_what_was_not_read_is_absent_and_the_rest_stays() -> None:
    """Weak point 9: a value that there is not is not there, neither zero nor a sentinel."""
    without = {name: number for name, number in EVERYTHING.items() if name != "memory_celsius"}
    whole, cut = series(page([gpu()])), series(page([gpu(values=without)]))
    assert {name for name, _ in whole.keys() - cut.keys()} == {"DCGM_FI_DEV_MEMORY_TEMP"}
    assert cut.items() <= whole.items()
    assert series(page([gpu(values={}, last_xid=None, earlier=None, events=None)])) == {}


NAMES: dict[MetricNames, tuple[list[str], list[str]]] = {
    "as-written": (["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_BOARD_POWER_WATTS"], ["DCGM_FI_DRIVER_VERSION"]),
    "legacy": (["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_POWER_USAGE"], ["DCGM_FI_DRIVER_VERSION"]),
    "dcgm-4.6": (["DCGM_FI_DEV_GPU_TEMP_CELSIUS", "DCGM_FI_DEV_BOARD_POWER_WATTS"], ["DCGM_FI_SYSTEM_DRIVER_VERSION"]),
    "both": (
        [
            "DCGM_FI_DEV_GPU_TEMP",
            "DCGM_FI_DEV_GPU_TEMP_CELSIUS",
            "DCGM_FI_DEV_POWER_USAGE",
            "DCGM_FI_DEV_BOARD_POWER_WATTS",
        ],
        ["DCGM_FI_DRIVER_VERSION", "DCGM_FI_SYSTEM_DRIVER_VERSION"],
    ),
}


@pytest.mark.parametrize("names", NAMES)
def test_each_vocabulary_can_be_asked_for(names: MetricNames) -> None:
    text = page([gpu()], TEMPERATURE, "DCGM_FI_DEV_BOARD_POWER_WATTS", DRIVER, style=Style(names=names))
    metrics, versions = NAMES[names]
    assert [line.partition("{")[0] for line in text.splitlines() if line[0] != "#"] == metrics
    assert labels(text) == [[*IDENTITY, "Hostname", *versions]] * len(metrics)


def test_two_rows_that_become_one_name_are_one_family() -> None:
    rows = ("DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_BOARD_POWER_WATTS")
    assert page([gpu()], *rows, style=Style(names="legacy")).count("# TYPE") == 1
    assert page([gpu()], *rows).count("# TYPE") == 2


STYLES = [
    (Style(), NODE, "Hostname"),
    (Style(hostname_label="hostname"), NODE, "hostname"),
    (Style(hostname_label=None), NODE, None),
    (Style(), Node(), None),
]


@pytest.mark.parametrize(("style", "node", "name"), STYLES)
def test_the_host_names_label_is_spelt_as_asked(style: Style, node: Node, name: str | None) -> None:
    assert labels(page([gpu()], TEMPERATURE, style=style, node=node)) == [[*IDENTITY, *([name] if name else [])]]


def test_the_old_namespace_and_dashes_in_the_model() -> None:
    text = page([gpu(model="NVIDIA  A100 ")], TEMPERATURE, style=Style(uuid_label="uuid", dashes=True))
    assert labels(text) == [["gpu", "uuid", "pci_bus_id", "device", "modelName", "Hostname"]]
    assert 'modelName="NVIDIA-A100"' in text


def test_label_values_are_escaped() -> None:
    text = page([gpu(model='a "b" \\ c\nd')], TEMPERATURE)
    assert r'modelName="a \"b\" \\ c\nd"' in text
    assert next(iter(series(text)))[1]


def test_a_number_can_be_a_label() -> None:
    text = page([gpu(values={"mig_mode": 1.0, "gpu_celsius": 40.0})], TEMPERATURE, "DCGM_FI_DEV_MIG_MODE, label")
    assert 'DCGM_FI_DEV_MIG_MODE="1"' in text


def test_the_last_xid_has_its_code_and_message_after_everything_else() -> None:
    text = page([gpu(last_xid=79)], "DCGM_FI_DEV_XID_ERRORS", DRIVER)
    assert text.endswith(
        'Hostname="node-1",DCGM_FI_DRIVER_VERSION="570.86.10",err_code="79",err_msg="GPU has fallen off the bus"} 79\n'
    )
    assert value("DCGM_FI_DEV_XID_ERRORS", {}, last_xid=0) == 0
    assert value("DCGM_FI_DEV_XID_ERRORS", {}, last_xid=None) is None


LINKS = "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL"


def test_nvlink_bandwidth_is_a_pace_from_two_readings() -> None:
    """As DCGM has it, whatever its type says (#658): megabytes per second of both directions."""
    now = {"nvlink_rx_kibibytes": 3e6, "nvlink_tx_kibibytes": 5e6}
    before = {"nvlink_rx_kibibytes": 1e6, "nvlink_tx_kibibytes": 4e6}
    assert value(LINKS, now, earlier=Earlier(before, 2.0)) == 3e6 * 1024 / 2 // 1e6
    assert value(LINKS, now, earlier=None) is None
    assert value(LINKS, now, earlier=Earlier(before, 0.0)) is None
    assert value(LINKS, before, earlier=Earlier(now, 2.0)) is None, "a counter that began anew has no pace"
    assert value(LINKS, now, earlier=Earlier({}, 2.0)) is None


COUNT = "DCGM_EXP_XID_ERRORS_COUNT, counter"
CLOCKS = "DCGM_EXP_CLOCK_EVENTS_COUNT, counter"


def test_each_gpu_has_the_counts_and_labels_of_its_own() -> None:
    """Weak point 5: upstream fills one label map for all GPUs."""
    devices = [
        gpu(0, texts={"serial": "first"}, events=Events(xids={31: 2, 79: 1})),
        gpu(1, texts={"serial": "second"}, events=Events(clock_events={"power_cap": 9})),
        gpu(2, texts={}, events=Events()),
    ]
    text = page(devices, COUNT, CLOCKS, "DCGM_FI_DEV_SERIAL, label")
    found = {
        tuple(dict(has).get(name) for name in ("gpu", "DCGM_FI_DEV_SERIAL", "xid", "clock_event")): number
        for (_, has), number in series(text).items()
        if "XID" in _
    }
    assert found == {
        ("0", "first", "31", None): 2,
        ("0", "first", "79", None): 1,
        ("1", "second", None, None): 0,
        ("2", None, None, None): 0,
    }
    assert text.count('window_size_in_ms="300000"') == 4 + 3
    first = next(line for line in text.splitlines() if 'clock_event="power_cap"' in line)
    assert first.index("DCGM_FI_DEV_SERIAL") < first.index("clock_event=") < first.index("window_size_in_ms")


def test_the_totals_of_4_8_3_have_no_window_and_start_empty() -> None:
    rows = ("DCGM_EXP_XID_ERRORS_TOTAL, counter", "DCGM_EXP_CLOCK_EVENTS_TOTAL, counter")
    events = Events(xid_totals={62: 1}, clock_event_totals={"sw_thermal": 3})
    found = {
        dict(has).get("xid") or dict(has)["clock_event"]: n
        for (_, has), n in series(page([gpu(events=events)], *rows)).items()
    }
    assert found == {"62": 1, "sw_thermal": 3}
    assert page([gpu()], *rows) == ""
