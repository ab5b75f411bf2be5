"""The fake driver lives: MIG devices, events, lost GPUs, upgrades, hangs and crashes, and the record of all calls."""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from tests.fakedriver.client import Client, client
from tests.fakedriver.gpu import GPU_UTIL, XID
from tests.fakedriver.library import Build
from tests.fakedriver.parts import ANY_ERROR
from tests.fakedriver.state import ANSWER, CRASH, GIB, GPUS, HANG, NONE, FakeDriver

INVALID_ARGUMENT, NOT_SUPPORTED, NOT_FOUND, TIMEOUT = 2, 3, 6, 10
UNINITIALIZED, FUNCTION_NOT_FOUND, LOST, MISMATCH = 1, 13, 15, 18
UNKNOWN = 999


@pytest.fixture
def asked(library: Build, driver: FakeDriver) -> Iterator[Client]:
    """A process that has NVML open."""
    with client(driver, library(())) as process:
        yield process


def soon(condition: Callable[[], bool]) -> None:
    """Wait until it is true, which it is at once unless something is broken."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.0001)


def test_mig_devices_come_and_go(asked: Client, driver: FakeDriver) -> None:
    gpu = driver.gpu(0)
    assert asked.code("nvmlDeviceGetMigMode(h)") == NOT_SUPPORTED
    assert asked.ask("nvmlDeviceGetMaxMigDeviceCount(h)") == 0
    gpu.set_mig(on=True)
    assert asked.ask("[nvmlDeviceGetMigMode(h), nvmlDeviceGetMaxMigDeviceCount(h)]") == [[1, 1], 7]
    assert asked.code("nvmlDeviceGetMigDeviceHandleByIndex(h, 0)") == NOT_FOUND
    assert asked.code("nvmlDeviceGetMigDeviceHandleByIndex(h, 7)") == INVALID_ARGUMENT
    gpu.create(gi=7, profile="2g.20gb")
    gpu.create(gi=9, ci=1)
    asked.do("a, b = (nvmlDeviceGetMigDeviceHandleByIndex(h, index) for index in (0, 1))")
    assert asked.ask("[(nvmlDeviceGetGpuInstanceId(x), nvmlDeviceGetComputeInstanceId(x)) for x in (a, b)]") == [
        (7, 0),
        (9, 1),
    ]
    uuids = asked.ask("[nvmlDeviceGetUUID(x) for x in (h, a, b)]")
    assert isinstance(uuids, list)
    assert len(set(uuids)) == 3
    assert [uuid[:4] for uuid in uuids] == ["GPU-", "MIG-", "MIG-"]
    assert asked.ask("nvmlDeviceGetName(a)") == "NVIDIA A10 MIG 2g.20gb"
    assert asked.ask("(lambda x: [x.gpuInstanceSliceCount, x.memorySizeMB])(nvmlDeviceGetAttributes(a))") == [2, 20480]
    assert asked.ask("nvmlDeviceGetMemoryInfo(a, version=nvmlMemory_v2).total") == 20 * GIB
    assert asked.ask("nvmlDeviceGetUUID(nvmlDeviceGetDeviceHandleFromMigDeviceHandle(b))") == uuids[0]
    assert asked.ask("[nvmlDeviceIsMigDeviceHandle(x).value for x in (h, a)]") == [0, 1]
    for unsupported in ("UtilizationRates(h)", "EncoderUtilization(h)", "ProcessUtilization(h, 0)"):
        assert asked.code(f"nvmlDeviceGet{unsupported}") == NOT_SUPPORTED
    assert asked.code("nvmlDeviceGetUtilizationRates(a)") == INVALID_ARGUMENT
    gpu.destroy(gi=7)
    assert asked.code("nvmlDeviceGetUUID(a)") == INVALID_ARGUMENT, "a stale handle"
    gpu.create(gi=7)
    assert asked.code("nvmlDeviceGetUUID(a)") == INVALID_ARGUMENT, "stale also when another device takes the place"
    assert asked.ask("nvmlDeviceGetUUID(nvmlDeviceGetMigDeviceHandleByIndex(h, 0))") != uuids[1]
    assert asked.ask("nvmlDeviceGetUUID(b)") == uuids[2]
    gpu.set_mig(on=False)
    assert asked.code("nvmlDeviceGetUUID(b)") == INVALID_ARGUMENT
    assert asked.code("nvmlDeviceGetUtilizationRates(h)") == 0


EVENT = "(lambda e: (nvmlDeviceGetIndex(e.device), e.eventType, e.eventData, e.gpuInstanceId, e.computeInstanceId))"


def test_events_arrive_in_order_from_registration_on(asked: Client, driver: FakeDriver) -> None:
    asked.do("s = nvmlEventSetCreate()")
    driver.happen(0, XID, 13)
    assert asked.ask("nvmlDeviceGetSupportedEventTypes(h)") == 0x1F
    assert asked.code("nvmlDeviceRegisterEvents(h, 0x100, s)") == NOT_SUPPORTED
    asked.do("nvmlDeviceRegisterEvents(h, nvmlEventTypeXidCriticalError, s)")
    driver.happen(1, XID, 31)
    driver.happen(0, 4, 1)
    driver.happen(0, XID, 79)
    driver.happen(0, XID, 94, gi=7, ci=0)
    assert asked.ask(f"{EVENT}(nvmlEventSetWait(s, 0))") == (0, XID, 79, NONE, NONE)
    assert asked.ask(f"{EVENT}(nvmlEventSetWait_v2(s, 0))") == (0, XID, 94, 7, 0)
    start = time.monotonic()
    assert asked.code("nvmlEventSetWait_v2(s, 150)") == TIMEOUT
    assert time.monotonic() - start >= 0.15
    asked.send(f"?{EVENT}(nvmlEventSetWait_v2(s, 20000))")
    driver.happen(0, XID, 48)
    assert asked.answer() == (0, XID, 48, NONE, NONE)
    asked.do("nvmlEventSetFree(s)")


def test_a_lost_gpu_is_not_registered_and_ends_a_wait(asked: Client, driver: FakeDriver) -> None:
    asked.do("s = nvmlEventSetCreate(); nvmlDeviceRegisterEvents(h, 8, s); i = nvmlDeviceGetHandleByIndex(1)")
    driver.gpu(1).condition = LOST
    assert asked.code("nvmlDeviceRegisterEvents(i, 8, s)") == LOST
    assert asked.code("nvmlEventSetWait_v2(s, 0)") == TIMEOUT
    driver.gpu(0).condition = LOST
    assert asked.code("nvmlEventSetWait_v2(s, 20000)") == LOST


UUIDS = "[nvmlDeviceGetUUID(nvmlDeviceGetHandleByIndex(index)) for index in range(nvmlDeviceGetCount())]"


def test_the_order_of_gpus_is_that_of_when_nvml_was_opened(library: Build, driver: FakeDriver, asked: Client) -> None:
    first, second, third = (driver.gpu(index).uuid.decode() for index in range(3))
    assert asked.ask(UUIDS) == [first, second]
    driver.plug([2, 0])
    assert asked.ask("nvmlDeviceGetCount()") == 2
    assert asked.code("nvmlDeviceGetUUID(nvmlDeviceGetHandleByIndex(1))") == LOST
    assert asked.ask("nvmlDeviceGetUUID(h)") == first
    asked.do("nvmlShutdown(); nvmlInit()")
    assert asked.ask(UUIDS) == [third, first]
    assert asked.ask("nvmlDeviceGetIndex(h)") == 1, "the GPU of the handle has another index now"
    driver.plug(range(GPUS))
    with client(driver, library(())) as another:
        assert another.ask("nvmlDeviceGetCount()") == GPUS


def test_gpus_that_change_places_are_never_lost_meanwhile(asked: Client, driver: FakeDriver) -> None:
    asked.send("!done = [nvmlDeviceGetUUID(h) for _ in range(20000)]")

    def through() -> bool:
        for _ in range(200):
            driver.plug([1, 0])
            driver.plug([0, 1])
        return driver.gpu(0).rule("nvmlDeviceGetUUID").calls == 20_000

    soon(through)
    asked.answer()


def test_an_upgrade_is_a_mismatch_to_every_process_but_new_ones(
    library: Build, driver: FakeDriver, asked: Client
) -> None:
    driver.upgrade("999.1")
    calls = ("nvmlDeviceGetName(h)", "nvmlDeviceGetCount()", "nvmlInit()")
    assert [asked.code(call) for call in calls] == [MISMATCH] * 3
    with client(driver, library(())) as another:
        assert another.ask("nvmlSystemGetDriverVersion()") == "999.1"
        assert driver.openers() == sorted([asked.process.pid, another.process.pid])
        assert asked.code("nvmlShutdown()") == MISMATCH
        assert driver.openers() == [another.process.pid], "what no longer fits can still let go"


def test_who_has_nvml_open_is_known(library: Build, driver: FakeDriver, asked: Client) -> None:
    assert driver.openers() == [asked.process.pid]
    asked.do("nvmlInit(); nvmlShutdown()")
    assert driver.openers() == [asked.process.pid], "opened twice, closed once"
    asked.do("nvmlShutdown()")
    assert driver.openers() == []
    assert asked.code("nvmlDeviceGetName(h)") == UNINITIALIZED
    asked.do("nvmlInit()")
    assert driver.openers() == [asked.process.pid]
    asked.process.kill()
    asked.process.wait()
    assert driver.openers() == [], "the dead hold nothing"
    with client(driver, library(())) as another:
        assert driver.openers() == [another.process.pid]


def test_rules_begin_and_end_after_a_number_of_calls_and_may_be_random(asked: Client, driver: FakeDriver) -> None:
    rule = driver.gpu(0).rule("nvmlDeviceGetName")
    asked.do("nvmlDeviceGetName(h)")
    rule.script(LOST, after=2, times=3)
    assert [asked.code("nvmlDeviceGetName(h)") for _ in range(7)] == [0, 0, LOST, LOST, LOST, 0, 0]
    rule.script(ANY_ERROR, odds=0.5)
    codes = [asked.code("nvmlDeviceGetName(h)") for _ in range(200)]
    assert 60 < codes.count(0) < 140
    assert len(set(codes)) > 5


UNLUCKY = {
    "nvmlInitWithFlags": "nvmlInit()",
    "nvmlDeviceGetSamples": "nvmlDeviceGetSamples(h, 1, 0)",
    "nvmlDeviceGetMigMode": "nvmlDeviceGetMaxMigDeviceCount(h), nvmlDeviceGetMigMode(h)",
    "nvmlEventSetCreate": "nvmlEventSetCreate()",
}


@pytest.mark.parametrize("function", UNLUCKY)
def test_any_function_may_hang_and_crash(function: str, library: Build, driver: FakeDriver) -> None:
    driver.gpu(0).sample(GPU_UTIL, 1, 1)
    driver.gpu(0).set_mig(on=False)

    def act(action: int) -> None:
        for rule in (driver.rule(function), driver.gpu(0).rule(function)):
            rule.action = action

    with client(driver, library(())) as asked:
        act(HANG)
        before, start = driver.calls().get(function, 0), time.monotonic()
        asked.send(f"!{UNLUCKY[function]}")
        soon(lambda: driver.calls().get(function, 0) > before)
        time.sleep(0.1)  # how long it hangs
        act(ANSWER)
        asked.answer()
        assert time.monotonic() - start >= 0.1
        act(CRASH)
        with pytest.raises(EOFError, match=r"^-11$"):
            asked.do(UNLUCKY[function])


def test_calls_are_logged_in_order_and_simultaneous_ones_are_seen(asked: Client, driver: FakeDriver) -> None:
    driver.gpu(0).rule("nvmlDeviceGetName").latency_us = 100_000
    asked.do("nvmlDeviceGetName(h); nvmlDeviceGetUUID(h); nvmlDeviceGetCount()")
    log = driver.log()
    assert [(call.function, call.gpu) for call in log] == [
        ("nvmlInitWithFlags", None),
        ("nvmlDeviceGetHandleByIndex_v2", 0),
        ("nvmlDeviceGetName", 0),
        ("nvmlDeviceGetUUID", 0),
        ("nvmlDeviceGetCount_v2", None),
    ]
    assert log[3].at_us - log[2].at_us >= 100_000
    assert {call.thread for call in log} == {asked.process.pid}
    assert [driver.most_at_once(gpu) for gpu in range(2)] == [1, 0]
    asked.do("threads = [Thread(target=nvmlDeviceGetName, args=[h]) for _ in range(3)]")
    asked.do("[t.start() for t in threads]; [t.join() for t in threads]")
    assert driver.most_at_once(0) == 3
    assert len({call.thread for call in driver.log()}) == 4


def test_the_log_keeps_the_last_calls(asked: Client, driver: FakeDriver) -> None:
    asked.do("[nvmlDeviceGetUUID(h) for _ in range(5000)]; nvmlDeviceGetName(h)")
    log = driver.log()
    assert len(log) == 4096
    assert (log[-1].function, log[0].function) == ("nvmlDeviceGetName", "nvmlDeviceGetUUID")
    assert [call.at_us for call in log] == sorted(call.at_us for call in log)


def test_a_function_that_is_hidden_does_not_exist(library: Build, driver: FakeDriver) -> None:
    driver.gpu(0).sample(GPU_UTIL, 1, 1)
    with client(driver, library({"nvmlDeviceGetSamples"})) as old, client(driver, library(())) as new:
        assert old.code("nvmlDeviceGetSamples(h, 1, 0)") == FUNCTION_NOT_FOUND
        assert new.code("len(nvmlDeviceGetSamples(h, 1, 0)[1])") == 0


def test_a_state_that_is_not_ready_is_no_driver(library: Build, driver: FakeDriver) -> None:
    with driver.path.open("r+b") as file, client(driver, library(()), opened=False) as asked:
        size = file.read(4)
        os.pwrite(file.fileno(), bytes(4), 0)
        assert asked.code("nvmlInit()") == UNKNOWN
        os.pwrite(file.fileno(), size, 0)
        assert asked.code("nvmlInit()") == 0
