"""Sample rings, profiling and MIG instances of the fake driver, as they come out on the page."""

import asyncio
import math
from collections import Counter
from pathlib import Path

import pytest

from exporter.dcgm.surface import Words, surface
from exporter.nvml.schedule import FAMILIES, ON_REQUEST, due, lasts, turn
from tests.exporter.nvml.supervised import Supervised, page, until, value
from tests.fakedriver.gpu import GPU_UTIL, MEM_UTIL, TOTAL_POWER
from tests.fakedriver.library import Build
from tests.fakedriver.state import GIB, FakeDriver, Gpu

STEP = 150_000
AVERAGE, MOST, P95 = (f"emberline_gpu_utilization{part}_ratio" for part in ("", "_max", "_p95"))
BUSY, LOST = "emberline_gpu_busy_seconds_total", "emberline_gpu_samples_lost_total"


@pytest.fixture
def quick(driver: FakeDriver, library: Build) -> Supervised:
    """Rings are drained at every second reading."""
    return Supervised(driver, library(()), interval=1.0, deadline=4.0)


class Load:
    """Appends to the rings of a GPU as time would."""

    def __init__(self, gpu: Gpu) -> None:
        self.gpu = gpu
        self.at = 0

    def add(self, *percents: int) -> None:
        for percent in percents:
            self.at += STEP
            self.gpu.sample(GPU_UTIL, self.at, percent)
            self.gpu.sample(MEM_UTIL, self.at, percent // 2)
            self.gpu.sample(TOTAL_POWER, self.at, 1000 * percent)


def test_a_spike_between_two_scrapes_is_on_the_page(quick: Supervised, driver: FakeDriver) -> None:
    load = Load(driver.gpu(0))
    load.add(*[10] * 20)

    async def scenario() -> None:
        async with quick.up() as supervisor:
            await until(lambda: value(supervisor, MOST, 0) == 0.1)
            assert value(supervisor, BUSY, 0) == 0, "nobody knows what was counted before"
            load.add(10, 100, 10, 10, 10)
            await until(lambda: value(supervisor, MOST, 0) == 1.0)
            assert value(supervisor, AVERAGE, 0) == pytest.approx((10 * 24 + 100) / 25 / 100, rel=0.05)
            assert value(supervisor, "DCGM_FI_DEV_GPU_UTIL", 0) == pytest.approx(13.6, rel=0.05)
            assert value(supervisor, BUSY, 0) == pytest.approx((4 * 0.1 + 1.0) * 0.15)
            assert value(supervisor, "emberline_gpu_power_max_watts", 0) == 100
            assert value(supervisor, LOST, 0) == 0
            assert value(supervisor, MOST, 1) is None, "the other one takes no samples"
            load.add(*[50] * 200)
            await until(lambda: value(supervisor, LOST, 0) == 200 - 72)
            assert value(supervisor, P95, 0) == pytest.approx(0.5)

    asyncio.run(scenario())


def hopper(gpu: Gpu) -> None:
    gpu.gpm = 1
    for metric, found in ((1, 81.0), (5, 55.5), (10, 40.0), (20, 3.0), (2, math.nan)):
        gpu.metric(metric, found)


def test_profiling_needs_two_samples_and_leaves_out_what_is_no_number(quick: Supervised, driver: FakeDriver) -> None:
    hopper(driver.gpu(0))

    async def scenario() -> None:
        async with quick.up() as supervisor:
            await until(lambda: value(supervisor, "DCGM_FI_PROF_GR_ENGINE_ACTIVE", 0) == 0.81)
            assert value(supervisor, "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", 0) == 0.555
            assert value(supervisor, "DCGM_FI_PROF_PCIE_TX_BYTES", 0) == 3 * 2**20
            assert value(supervisor, "DCGM_FI_PROF_GR_ENGINE_ACTIVE", 1) is None, "before Hopper there is none"
            units = {
                dict(sample.labels)["unit"]
                for family in page(supervisor)
                if family.name == "emberline_gpu_profiling_ratio"
                for sample in family.samples
            }
            assert units == {"graphics", "tensor", "dram"}

    asyncio.run(scenario())


def instances(supervisor: object, name: str = "DCGM_FI_DEV_FB_USED") -> dict[tuple[str, str], float]:
    """Values by MIG profile and instance id."""
    found = {}
    for family in page(supervisor):  # type: ignore[arg-type]
        for sample in family.samples if family.name == name else ():
            labels = dict(sample.labels)
            found[labels.get("GPU_I_PROFILE", ""), labels.get("GPU_I_ID", "")] = sample.value
    return found


def test_instances_come_and_go_without_a_restart(driver: FakeDriver, library: Build) -> None:
    quick = Supervised(driver, library(()), interval=2.0, deadline=4.0)
    gpu = driver.gpu(0)
    driver.plug([0])
    hopper(gpu)
    gpu.set_mig(on=True)
    first = gpu.create(1, profile="1g.10gb")
    first.used_bytes = 3 * GIB
    first.metric(1, 62.0)

    async def scenario() -> None:
        async with quick.up() as supervisor:
            await until(lambda: instances(supervisor) == {("1g.10gb", "1"): 3072})
            await until(lambda: instances(supervisor, "DCGM_FI_PROF_GR_ENGINE_ACTIVE").get(("1g.10gb", "1")) == 0.62)
            assert value(supervisor, "DCGM_FI_DEV_GPU_UTIL") is None, "a divided GPU has no utilisation"
            gpu.destroy(1)
            gpu.create(3, profile="2g.20gb").used_bytes = GIB
            await until(lambda: instances(supervisor) == {("2g.20gb", "3"): 1024})
            gpu.set_mig(on=False)
            await until(lambda: instances(supervisor) == {("", ""): 6 * 1024})
            assert value(supervisor, "emberline_nvml_child_restarts_total") == 0

    asyncio.run(scenario())


def test_a_counters_file_may_ask_for_what_is_off_by_default(driver: FakeDriver, library: Build, tmp_path: Path) -> None:
    path = tmp_path / "counters.csv"
    path.write_text("DCGM_FI_DEV_PSTATE, gauge, p\nDCGM_FI_DEV_VBIOS_VERSION, label, v\n")
    supervised = Supervised(driver, library(()), surface=surface(Words(collectors=path, metric_names="legacy")))

    async def scenario() -> None:
        async with supervised.up() as supervisor:
            await until(lambda: value(supervisor, "DCGM_FI_DEV_PSTATE", 0) == 0)
            assert value(supervisor, "DCGM_FI_DEV_GPU_TEMP", 0) is None
            labels = {
                name: text
                for family in page(supervisor)
                if family.name == "DCGM_FI_DEV_PSTATE"
                for name, text in family.samples[0].labels
            }
            assert labels["DCGM_FI_DEV_VBIOS_VERSION"] == "94.02.75.00.01"

    asyncio.run(scenario())


def test_no_spike_is_lost_though_readings_are_as_far_apart_as_those_of_others(
    driver: FakeDriver, library: Build
) -> None:
    """dcgm-exporter reads every thirty seconds; a ring holds ten."""
    load = Load(driver.gpu(0))
    load.add(*[10] * 20)

    async def scenario() -> None:
        async with Supervised(driver, library(()), interval=30.0, deadline=4.0).up() as supervisor:
            await until(lambda: value(supervisor, MOST, 0) == 0.1)
            asked = driver.calls()["nvmlDeviceGetClockInfo"]
            load.add(*[100] * 60)
            await until(lambda: value(supervisor, BUSY, 0) == pytest.approx(9))
            load.add(*[20] * 60)
            await until(lambda: value(supervisor, BUSY, 0) == pytest.approx(10.8))
            assert value(supervisor, LOST, 0) == 0
            assert driver.calls()["nvmlDeviceGetClockInfo"] == asked, "nothing else is asked more often"

    asyncio.run(scenario())


@pytest.mark.parametrize("interval", [0.1, 0.5, 1.0, 1.7, 2.0, 2.5, 5.0, 15.0, 30.0, 300.0])
def test_rings_are_drained_in_time_whatever_the_interval_and_nothing_else_is_asked_more_often(interval: float) -> None:
    each = turn(interval)
    assert each <= min(interval, 2.0)
    turns = round(10 * max(interval, 60) / each)
    asked = Counter(family for number in range(turns) for family in due(interval, number, ON_REQUEST))
    seconds = {family: turns * each / count for family, count in asked.items()}
    assert seconds.pop("samples") < 3.1
    for family, between in seconds.items():
        assert between == pytest.approx(lasts(family, interval), rel=0.2)
        assert between == pytest.approx(max(FAMILIES[family], interval), rel=0.5)
        assert between > 0.75 * interval
