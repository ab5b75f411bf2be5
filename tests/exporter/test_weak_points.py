"""The twelve weak points of dcgm-exporter's source, each a test that ours passes: those of a node without pods.

3, 4 and 11 are about pods; they stand in `test_weak_points_of_pods.py`.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.live import LOOK
from native.exposition import parse
from tests.exporter.driven import driven, furnish
from tests.exporter.running import Exporter, Series
from tests.fakedriver.gpu import XID
from tests.fakedriver.library import Build
from tests.fakedriver.parts import FUNCTIONS
from tests.fakedriver.state import ANSWER, CRASH, FakeDriver
from tests.servers import CLIENT, until

UNKNOWN_ERROR, DRIVER_NOT_LOADED = 999, 9
WINDOW_MS = 1500
COUNTERS = """
DCGM_FI_DEV_GPU_TEMP, gauge, t
DCGM_FI_DEV_POWER_MGMT_LIMIT, gauge, l
DCGM_FI_DEV_ENFORCED_POWER_LIMIT, gauge, e
DCGM_FI_DEV_PCIE_TX_THROUGHPUT, gauge, p
DCGM_FI_DEV_XID_ERRORS, gauge, x
DCGM_EXP_XID_ERRORS_COUNT, counter, c
DCGM_EXP_CLOCK_EVENTS_COUNT, counter, k
DCGM_FI_DEV_SERIAL, label, s
"""


class Node:
    """A process on a driver with two GPUs whose minor numbers are not their indices."""

    def __init__(self, driver: FakeDriver, running: Exporter, counters: Path) -> None:
        self.driver = driver
        self.running = running
        self.counters = counters

    def series(self, name: str) -> list[dict[str, str]]:
        """The labels of each series of that name."""
        page = parse(CLIENT.get(f"{self.running.url}/metrics").content)
        return [dict(sample.labels) for sample in page.find(name)]

    def xid(self, gpu: int, code: int) -> None:
        """Let an Xid happen once its listener is there: what is not heard of happens again."""
        before = self.xids(gpu).get(str(code), 0)

        def heard() -> bool:
            self.driver.happen(gpu, XID, code)
            return self.xids(gpu).get(str(code), 0) > before

        until(heard, what=f"Xid {code}")

    def xids(self, gpu: int) -> dict[str, float]:
        """Our own counts of a GPU by code."""
        uuid = ("UUID", self.driver.gpu(gpu).uuid.decode())
        found: dict[Series, float] = self.running.page()
        return {
            dict(has)["xid"]: count
            for (name, has), count in found.items()
            if name == "emberline_gpu_xid_errors_total" and uuid in has
        }


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, library: Build) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    driver, counters = FakeDriver(folder / "state"), folder / "counters.csv"
    counters.write_text(COUNTERS)
    for index in range(2):
        furnish(driver.gpu(index))
        driver.gpu(index).minor = 1 - index
    options = ("--collectors", str(counters), "--release-for", "100ms", "-x", str(WINDOW_MS))
    with driven(folder, driver, library(()), *options) as running:
        running.becomes(50, "DCGM_FI_DEV_GPU_TEMP", gpu="0")
        yield Node(driver, running, counters)


def test_point_1_no_error_of_any_collector_fails_the_scrape(node: Node) -> None:
    """Upstream: any collector error makes the whole scrape a 500."""
    gpu = node.driver.gpu(0)

    def scraped() -> int:
        return CLIENT.get(f"{node.running.url}/metrics").status_code

    for function in FUNCTIONS:
        gpu.rule(function).result = UNKNOWN_ERROR
        assert scraped() == 200
    node.running.becomes(None, "DCGM_FI_DEV_GPU_TEMP", gpu="0")
    node.running.becomes(0, "emberline_gpu_up", gpu="0")
    assert node.running.value("DCGM_FI_DEV_GPU_TEMP", gpu="1") == 51, "the other GPU is none the worse"
    for function in FUNCTIONS:
        gpu.rule(function).result = 0
    node.running.becomes(50, "DCGM_FI_DEV_GPU_TEMP", gpu="0")


def test_point_2_losing_the_driver_never_ends_the_process(node: Node) -> None:
    """Upstream: `os.Exit(1)` when the host engine is lost."""
    start = node.driver.rule("nvmlInitWithFlags")
    crash = node.driver.gpu(0).rule("nvmlDeviceGetTemperatureV")
    start.result = DRIVER_NOT_LOADED
    crash.action = CRASH
    node.running.becomes(0, "emberline_nvml_up")
    node.running.becomes(None, "DCGM_FI_DEV_GPU_TEMP", gpu="1")
    assert CLIENT.get(f"{node.running.url}/-/healthy").status_code == 200
    assert node.running.process.poll() is None
    crash.action = ANSWER
    start.result = 0
    node.running.becomes(1, "emberline_nvml_up")
    node.running.becomes(51, "DCGM_FI_DEV_GPU_TEMP", gpu="1")


def test_point_5_labels_of_events_belong_to_their_own_gpu(node: Node) -> None:
    """Upstream: the collectors of events share one map of labels over all GPUs."""
    node.xid(0, 31)
    node.xid(1, 94)
    for name in ("DCGM_EXP_XID_ERRORS_COUNT", "DCGM_EXP_CLOCK_EVENTS_COUNT"):
        found = node.series(name)
        assert {labels["gpu"] for labels in found} == {"0", "1"}
        for labels in found:
            gpu = node.driver.gpu(int(labels["gpu"]))
            assert (labels["UUID"], labels["DCGM_FI_DEV_SERIAL"]) == (gpu.uuid.decode(), gpu.serial.decode())
    assert "94" not in node.xids(0)
    assert "31" not in node.xids(1)


def test_point_6_what_is_typed_counter_among_ours_never_falls(node: Node) -> None:
    """Upstream: `*_COUNT` is typed counter and falls with its window; it still does under its own name."""
    node.xid(0, 13)
    counted = node.xids(0)["13"]
    name = "DCGM_EXP_XID_ERRORS_COUNT"
    until(lambda: not any(labels.get("xid") == "13" for labels in node.series(name)), what="the end of the window")
    assert node.xids(0)["13"] >= counted
    text = CLIENT.get(f"{node.running.url}/metrics").text
    assert "# TYPE emberline_gpu_xid_errors_total counter" in text
    assert "# TYPE DCGM_EXP_XID_ERRORS_COUNT counter" in text


def test_point_7_a_reload_after_a_change_of_topology_works_at_once(node: Node) -> None:
    """Upstream compares seconds with nanoseconds, so that such a reload looks as if it came too soon."""
    node.driver.plug([1, 0])
    os.kill(node.running.process.pid, signal.SIGUSR1)
    node.running.becomes(51, "DCGM_FI_DEV_GPU_TEMP", gpu="0")
    for name in ("DCGM_FI_DEV_SM_CLOCK", "DCGM_FI_DEV_MEM_CLOCK"):
        node.counters.write_text(f"{COUNTERS}{name}, gauge, h\n")
        os.kill(node.running.process.pid, signal.SIGHUP)
        until(lambda: len(node.series(name)) == 2, LOOK / 2, name)  # noqa: B023 - asked at once
    node.driver.plug([0, 1])
    os.kill(node.running.process.pid, signal.SIGUSR1)
    node.running.becomes(50, "DCGM_FI_DEV_GPU_TEMP", gpu="0")


def test_point_8_power_limits_keep_their_fraction(node: Node) -> None:
    """Upstream: DCGM cuts them to whole watts."""
    node.running.becomes(150.5, "DCGM_FI_DEV_POWER_MGMT_LIMIT", gpu="1")
    node.running.becomes(150.5, "DCGM_FI_DEV_ENFORCED_POWER_LIMIT", gpu="1")
    assert node.running.value("emberline_gpu_power_limit_watts", gpu="1") == 150.5


def test_point_9_bytes_over_pcie_are_told(node: Node) -> None:
    """Upstream: `PCIE_{TX,RX}_THROUGHPUT` is never supported, and nobody says so."""
    for way in ("tx", "rx"):
        name = f"emberline_gpu_pcie_{way}_bytes_total"
        before = node.running.value(name, gpu="0")
        assert before is not None
        node.driver.gpu(0).answer({"tx": 197, "rx": 198}[way], int(before) + 1000)
        node.running.becomes(before + 1000, name, gpu="0")
    assert node.series("DCGM_FI_DEV_PCIE_TX_THROUGHPUT") == []
    assert "DCGM_FI_DEV_PCIE_TX_THROUGHPUT: NVML cannot serve it" in node.running.log.read_text()


@pytest.mark.parametrize("code", [173, 99_999])
def test_point_10_an_xid_beyond_the_table_is_counted_and_shown(node: Node, code: int) -> None:
    """Upstream: the table of texts stops at 172."""
    node.xid(1, code)
    assert node.xids(1)[str(code)] >= 1
    node.running.becomes(code, "DCGM_FI_DEV_XID_ERRORS", gpu="1", err_code=str(code), err_msg="Unknown Error")
    node.xid(1, code)
    assert [labels["xid"] for labels in node.series("DCGM_EXP_XID_ERRORS_COUNT") if labels.get("xid") == str(code)]


def test_point_12_the_device_file_is_that_of_the_minor_number(node: Node) -> None:
    """Upstream names /dev/nvidia<index>, which is another GPU's where the numbers differ."""
    assert {(it["gpu"], it["device"]) for it in node.series("DCGM_FI_DEV_GPU_TEMP")} == {
        ("0", "nvidia1"),
        ("1", "nvidia0"),
    }
    assert {(it["gpu"], it["device"]) for it in node.series("emberline_gpu_info")} == {
        ("0", "nvidia1"),
        ("1", "nvidia0"),
    }
