"""What happens to a node while the exporter runs: events, resets, GPUs that go and come, upgrades."""

import asyncio
from pathlib import Path

from exporter.nvml.known import Known
from exporter.nvml.reading import Process
from exporter.nvml.supervisor import Supervisor, child_command
from tests.exporter.nvml.supervised import Supervised, children, page, running, states, until, value
from tests.fakedriver.gpu import GRAPHICS, SBE, XID
from tests.fakedriver.library import Build
from tests.fakedriver.state import GIB, FakeDriver

UTIL, XIDS, LAST = "DCGM_FI_DEV_GPU_UTIL", "emberline_gpu_xid_errors_total", "DCGM_FI_DEV_XID_ERRORS"


def counts(supervisor: Supervisor, gpu: int) -> dict[str, float]:
    return {
        dict(sample.labels)["xid"]: sample.value
        for family in page(supervisor)
        if family.name == XIDS
        for sample in family.samples
        if ("gpu", str(gpu)) in sample.labels
    }


def registered(driver: FakeDriver, gpus: int) -> bool:
    return driver.calls().get("nvmlDeviceRegisterEvents", 0) >= gpus


def test_xids_are_counted_by_code_and_the_last_one_is_shown(
    driver: FakeDriver, supervised: Supervised, tmp_path: Path
) -> None:
    state = tmp_path / "xids.json"

    async def scenario() -> None:
        async with supervised.up(known=(known := Known(state))) as supervisor:
            await until(lambda: value(supervisor, LAST, 1) == 0 and registered(driver, 2))
            for code in (13, 13, 94):
                driver.happen(1, XID, code)
            driver.happen(1, SBE)
            await until(lambda: counts(supervisor, 1) == {"13": 2, "94": 1})
            assert value(supervisor, LAST, 1) == 94
            assert counts(supervisor, 0) == {}
        assert known.kept(within=20)
        async with supervised.up(known=Known(state)) as supervisor:
            await until(lambda: counts(supervisor, 1) == {"13": 2, "94": 1})

    asyncio.run(scenario())


def test_a_lost_gpu_keeps_its_xids_and_spoils_nobody_elses(driver: FakeDriver, supervised: Supervised) -> None:
    async def scenario() -> None:
        async with supervised.up() as supervisor:
            await until(lambda: registered(driver, 2))
            driver.happen(0, XID, 79)
            await until(lambda: counts(supervisor, 0) == {"79": 1})
            driver.gpu(0).condition = 15
            await until(lambda: states(supervisor, 0) == {"lost"} and value(supervisor, UTIL, 0) is None)

            def heard() -> dict[str, float]:
                """Events before the other GPU is registered again are lost, so this one happens again and again."""
                driver.happen(1, XID, 31)
                return counts(supervisor, 1)

            await until(heard)
            assert counts(supervisor, 0) == {"79": 1}

    asyncio.run(scenario())


def test_a_release_lets_go_of_every_handle_and_takes_them_again(driver: FakeDriver, supervised: Supervised) -> None:
    async def scenario() -> None:
        async with supervised.up() as supervisor:
            await until(lambda: value(supervisor, UTIL, 0) is not None)
            assert driver.openers() == children()
            supervisor.release(1.5)
            await until(lambda: driver.openers() == [])
            assert value(supervisor, "emberline_nvml_released") == 1
            assert value(supervisor, "emberline_nvml_up") == 0
            await asyncio.sleep(0.6)  # three intervals, in which nobody may open it again
            assert driver.openers() == []
            driver.plug([1, 0])
            await until(lambda: value(supervisor, "emberline_nvml_up") == 1)
            assert value(supervisor, "emberline_nvml_released") == 0
            await until(lambda: value(supervisor, UTIL, driver.gpu(0).uuid.decode()) == 40)

    asyncio.run(scenario())


def test_a_second_release_begins_the_time_anew_and_an_end_is_an_end(driver: FakeDriver, supervised: Supervised) -> None:
    async def scenario() -> None:
        async with supervised.up() as supervisor:
            supervisor.release(0.6)
            await until(lambda: driver.openers() == [])
            supervisor.release(1.2)
            await asyncio.sleep(0.8)  # longer than the first would have lasted
            assert driver.openers() == []
            await until(lambda: value(supervisor, "emberline_nvml_up") == 1)
            supervisor.release(60)
        assert children() == []

    asyncio.run(scenario())


def test_an_upgrade_underneath_is_met_with_a_new_process(driver: FakeDriver, supervised: Supervised) -> None:
    async def scenario() -> None:
        async with supervised.up() as supervisor:
            await until(lambda: value(supervisor, UTIL, 1) is not None)
            (child,) = children()
            driver.upgrade("580.65.06")
            await until(lambda: children() not in ([], [child]))
            await until(lambda: value(supervisor, UTIL, 1) == 41 and states(supervisor, 1) == {"ok"})
            (labels,) = {
                dict(sample.labels)["DCGM_FI_DRIVER_VERSION"]
                for family in page(supervisor)
                if family.name == UTIL
                for sample in family.samples
            }
            assert labels == "580.65.06"

    asyncio.run(scenario())


def test_a_gpu_that_is_lost_and_comes_back_with_another_index_is_itself(driver: FakeDriver, library: Build) -> None:
    uuid = driver.gpu(1).uuid.decode()

    async def scenario() -> None:
        supervised = Supervised(driver, library(()), retry=0.8)
        async with supervised.up() as supervisor:
            await until(lambda: value(supervisor, UTIL, uuid) == 41)
            driver.plug([0])
            await until(lambda: value(supervisor, "emberline_gpu_up", uuid) == 0)
            await until(lambda: (value(supervisor, "emberline_nvml_child_restarts_total") or 0) >= 1)
            assert value(supervisor, UTIL, 0) == 40, "the other one answers through it all"
            driver.plug([2, 0, 1])
            await until(lambda: value(supervisor, UTIL, uuid) == 41)
            await until(lambda: value(supervisor, "emberline_gpu_up", uuid) == 1)
            await until(lambda: value(supervisor, UTIL, driver.gpu(2).uuid.decode()) == 42)

    asyncio.run(scenario())


def test_a_gpu_that_the_kernel_lists_anew_is_read_soon(driver: FakeDriver, library: Build, tmp_path: Path) -> None:
    listing = tmp_path / "gpus"
    (listing / "0000:17:00.0").mkdir(parents=True)
    driver.plug([0])

    async def scenario() -> None:
        supervised = Supervised(driver, library(()))
        async with running(supervised.supervisor(child_command(listing=listing))) as supervisor:
            await until(lambda: value(supervisor, UTIL, 0) == 40)
            driver.plug([0, 1])
            (listing / "0000:18:00.0").mkdir()
            await until(lambda: value(supervisor, UTIL, 1) == 41)

    asyncio.run(scenario())


def test_a_recorded_session_is_replayed_as_the_same_page(driver: FakeDriver, library: Build, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    driver.gpu(1).rule("nvmlDeviceGetFanSpeed").result = 999

    def shown(supervisor: Supervisor) -> dict[str, list[float]]:
        return {
            family.name: [sample.value for sample in family.samples]
            for family in page(supervisor)
            if family.name.startswith(("DCGM_FI_DEV", "emberline_gpu_")) and not family.name.endswith("_age_seconds")
        }

    async def recorded() -> dict[str, list[float]]:
        supervised = Supervised(driver, library(()))
        async with running(supervised.supervisor(child_command(record=path))) as supervisor:
            await until(lambda: value(supervisor, UTIL, 1) == 41)
            return shown(supervisor)

    async def replayed(expected: dict[str, list[float]]) -> None:
        supervised = Supervised(driver, tmp_path)
        async with running(supervised.supervisor(child_command(replay=path))) as supervisor:
            await until(lambda: value(supervisor, UTIL, 1) == 41)
            await until(lambda: shown(supervisor) == expected)

    expected = asyncio.run(recorded())
    assert len(expected) > 20
    assert driver.gpu(0).uuid not in path.read_bytes()
    assert driver.gpu(0).serial not in path.read_bytes()
    asyncio.run(replayed(expected))


def test_who_uses_a_gpu_is_told_on_request(driver: FakeDriver, library: Build) -> None:
    gpu, known = driver.gpu(0), Known()
    gpu.start(4242, 3 * GIB)
    gpu.start(77, GIB, GRAPHICS)
    gpu.use(4242, 1_000, sm=50)

    async def scenario() -> None:
        supervised = Supervised(driver, library(()), interval=1.0, deadline=4.0)
        async with running(supervised.supervisor(child_command(processes=True), known=known)):
            await until(lambda: known.latest.gpus and known.latest.gpus[0].processes)
            assert known.latest.gpus[0].processes == (Process(77, None, GIB), Process(4242, None, 3 * GIB))
            gpu.use(4242, 2_000, sm=90)
            gpu.use(77, 2_000, sm=10)
            gpu.use(4242, 3_000, sm=50)
            expected = (Process(77, 5.0, GIB), Process(4242, 70.0, 3 * GIB))
            await until(lambda: known.latest.gpus[0].processes == expected)
        before = driver.calls()["nvmlDeviceGetProcessUtilization"]
        async with supervised.up() as supervisor:
            await until(lambda: value(supervisor, UTIL, 0) is not None)
        assert driver.calls()["nvmlDeviceGetProcessUtilization"] == before, "nobody asked this time"

    asyncio.run(scenario())
