"""Drivers that lose GPUs, hang, crash or are missing: who is up, who is not, and how soon that is right again."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from exporter.nvml.supervisor import Supervisor
from tests.exporter.nvml.supervised import Supervised, alive, children, running, states, until, value
from tests.fakedriver.library import Build
from tests.fakedriver.state import ANSWER, CRASH, HANG, FakeDriver, Gpu

GPU_IS_LOST, RESET_REQUIRED = 15, 16

UTIL, POWER = "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_POWER_USAGE"


def up(supervisor: Supervisor, gpu: int) -> bool:
    return value(supervisor, "emberline_gpu_up", gpu) == 1


def nvml_up(supervisor: Supervisor) -> bool:
    return value(supervisor, "emberline_nvml_up") == 1


def lose(gpu: Gpu) -> None:
    gpu.condition = GPU_IS_LOST


def need_reset(gpu: Gpu) -> None:
    gpu.rule("nvmlDeviceGetTemperatureV").result = RESET_REQUIRED


def hang(gpu: Gpu) -> None:
    gpu.rule("nvmlDeviceGetPowerUsage").action = HANG


def slow(gpu: Gpu) -> None:
    gpu.rule("nvmlDeviceGetPowerUsage").latency_us = 700_000


def wedge(gpu: Gpu) -> None:
    for rule in gpu.rules:
        rule.action = HANG


def heal(gpu: Gpu) -> None:
    gpu.condition = 0
    for rule in gpu.rules:
        rule.action, rule.result, rule.latency_us = ANSWER, 0, 0


STATES: dict[Callable[[Gpu], None], str] = {lose: "lost", need_reset: "reset_required", wedge: "wedged"}


@pytest.mark.parametrize("hurt", STATES)
def test_one_gpu_in_trouble_is_down_until_it_is_well_and_the_other_stays_complete(
    hurt: Callable[[Gpu], None], driver: FakeDriver, library: Build
) -> None:
    state = STATES[hurt]

    async def scenario() -> None:
        async with Supervised(driver, library(()), interval=0.5, deadline=1.0).up() as supervisor:
            await until(lambda: up(supervisor, 1))
            (child,) = children()
            hurt(driver.gpu(1))
            await until(lambda: not up(supervisor, 1))
            driver.gpu(0).gpu_percent = 77
            await until(lambda: value(supervisor, UTIL, 0) == 77)
            assert up(supervisor, 0)
            assert nvml_up(supervisor)
            await until(lambda: value(supervisor, UTIL, 1) is None)
            assert states(supervisor, 1) == {state}
            assert (value(supervisor, "emberline_gpu_reading_age_seconds", 1) or 0) > 1.5, "three intervals"
            heal(driver.gpu(1))
            await until(lambda: up(supervisor, 1) and value(supervisor, UTIL, 1) == 41)
            assert children() == [child], "the child had to be replaced"

    asyncio.run(scenario())


@pytest.mark.parametrize("hurt", [hang, slow])
def test_a_call_that_hangs_or_is_slow_costs_its_family_and_nothing_else(
    hurt: Callable[[Gpu], None], driver: FakeDriver, library: Build
) -> None:
    async def scenario() -> None:
        async with Supervised(driver, library(()), interval=0.3, deadline=0.8).up() as supervisor:
            await until(lambda: value(supervisor, POWER, 1) is not None)
            (child,) = children()
            hurt(driver.gpu(1))
            await until(lambda: states(supervisor, 1) == {"slow"} and value(supervisor, POWER, 1) is None)
            assert up(supervisor, 1), "it answers the rest"
            assert value(supervisor, POWER, 0) is not None
            driver.gpu(1).gpu_percent = 78
            await until(lambda: value(supervisor, UTIL, 1) == 78)
            heal(driver.gpu(1))
            await until(lambda: states(supervisor, 1) == {"ok"} and value(supervisor, POWER, 1) is not None)
            assert children() == [child], "the child had to be replaced"
        assert (
            driver.gpu(1).rule("nvmlDeviceGetPowerUsage").calls <= driver.gpu(0).rule("nvmlDeviceGetPowerUsage").calls
        )

    asyncio.run(scenario())


def test_a_call_that_crashes_costs_its_family_once_the_child_is_replaced(driver: FakeDriver, library: Build) -> None:
    async def scenario() -> None:
        async with Supervised(driver, library(()), interval=0.2).up() as supervisor:
            await until(lambda: value(supervisor, POWER, 1) is not None)
            driver.gpu(1).rule("nvmlDeviceGetPowerUsage").action = CRASH
            await until(lambda: nvml_up(supervisor) and states(supervisor, 1) == {"slow"})
            await until(lambda: value(supervisor, POWER, 1) is None)
            driver.gpu(1).gpu_percent = 78
            await until(lambda: value(supervisor, UTIL, 1) == 78)
            assert value(supervisor, POWER, 0) is not None
            crashes = value(supervisor, "emberline_nvml_child_restarts_total") or 0
            assert 1 <= crashes <= 2
            heal(driver.gpu(1))
            await until(lambda: value(supervisor, POWER, 1) is not None and states(supervisor, 1) == {"ok"})

    asyncio.run(scenario())


def test_a_gpu_that_was_lost_is_asked_anew_who_it_is(driver: FakeDriver, supervised: Supervised) -> None:
    before, after = driver.gpu(1).uuid.decode(), "GPU-of-the-replacement"

    async def scenario() -> None:
        async with supervised.up() as supervisor:
            await until(lambda: value(supervisor, "emberline_gpu_up", before) == 1)
            lose(driver.gpu(1))
            await until(lambda: value(supervisor, "emberline_gpu_up", before) == 0)
            driver.gpu(1).uuid = after.encode()
            heal(driver.gpu(1))
            await until(lambda: value(supervisor, "emberline_gpu_up", after) == 1)
            assert value(supervisor, "emberline_gpu_up", before) == 0

    asyncio.run(scenario())


def test_a_gpu_that_was_never_read_is_down_without_values(driver: FakeDriver, supervised: Supervised) -> None:
    driver.gpu(0).rule("nvmlDeviceGetUUID").result = GPU_IS_LOST

    async def scenario() -> None:
        async with supervised.up() as supervisor:
            await until(lambda: value(supervisor, "emberline_gpu_up", 0) == 0 and up(supervisor, 1))
            assert value(supervisor, UTIL, 0) is None

    asyncio.run(scenario())


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP])
def test_a_killed_or_frozen_child_is_replaced_and_nvml_is_up_again(
    blow: signal.Signals, driver: FakeDriver, library: Build
) -> None:
    async def scenario() -> None:
        async with Supervised(driver, library(()), interval=0.5, deadline=0.5).up() as supervisor:
            (child,) = children()
            os.kill(child, blow)
            await until(lambda: not nvml_up(supervisor))
            assert not up(supervisor, 0)
            assert value(supervisor, UTIL, 0) == 40, "values up to three intervals old stay"
            await until(lambda: nvml_up(supervisor) and up(supervisor, 0))
            assert value(supervisor, "emberline_nvml_child_restarts_total") == 1
            assert not alive(child)

    asyncio.run(scenario())


def test_a_driver_that_crashes_again_and_again_is_up_within_an_interval_of_its_recovery(
    driver: FakeDriver, library: Build
) -> None:
    rule = driver.rule("nvmlInitWithFlags")

    async def scenario() -> None:
        async with Supervised(driver, library(()), interval=0.4).up() as supervisor:
            rule.action = CRASH
            for child in children():
                os.kill(child, signal.SIGKILL)
            await until(lambda: (value(supervisor, "emberline_nvml_child_restarts_total") or 0) >= 5)
            assert not nvml_up(supervisor)
            assert value(supervisor, UTIL, 0) is None
            rule.action = ANSWER
            await until(lambda: nvml_up(supervisor) and up(supervisor, 0))

    asyncio.run(scenario())


def test_a_driver_that_hangs_while_it_is_opened_is_given_up_after_patience(
    driver: FakeDriver, supervised: Supervised
) -> None:
    driver.rule("nvmlInitWithFlags").action = HANG

    async def scenario() -> None:
        async with running(supervised.supervisor(patience=0.1)) as supervisor:
            await until(lambda: value(supervisor, "emberline_nvml_child_restarts_total") == 1)
            assert not nvml_up(supervisor)
            driver.rule("nvmlInitWithFlags").action = ANSWER
            await until(lambda: nvml_up(supervisor))

    asyncio.run(scenario())


def test_a_driver_of_which_no_gpu_answers_is_tried_with_a_new_process(driver: FakeDriver, library: Build) -> None:
    async def scenario() -> None:
        supervisor = Supervised(driver, library(()), deadline=0.8).supervisor(patience=2.0)
        async with running(supervisor):
            await until(lambda: up(supervisor, 1))
            wedge(driver.gpu(1))
            await asyncio.sleep(2.2)  # longer than patience: one GPU that answers is reason enough to stay
            assert value(supervisor, "emberline_nvml_child_restarts_total") == 0
            wedge(driver.gpu(0))
            await until(lambda: value(supervisor, "emberline_nvml_child_restarts_total") == 1)
            heal(driver.gpu(0))
            await until(lambda: up(supervisor, 0))

    asyncio.run(scenario())
