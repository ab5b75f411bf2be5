"""Drivers that are missing, not loaded or upgraded: said once, and noticed by themselves when they are there."""

import asyncio
import logging
import shutil
from pathlib import Path

import pytest

from exporter.nvml.supervisor import Supervisor
from tests.exporter.nvml.supervised import Supervised, children, running, until, value
from tests.fakedriver.library import SONAME, Build
from tests.fakedriver.state import FakeDriver

DRIVER_NOT_LOADED, VERSION_MISMATCH = 9, 18
UTIL = "DCGM_FI_DEV_GPU_UTIL"


def up(supervisor: Supervisor, gpu: int) -> bool:
    return value(supervisor, "emberline_gpu_up", gpu) == 1


def nvml_up(supervisor: Supervisor) -> bool:
    return value(supervisor, "emberline_nvml_up") == 1


def test_without_a_driver_nvml_is_down_said_once_and_up_when_the_driver_appears(
    driver: FakeDriver, library: Build, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # An empty file ends the loader's search, so that a real driver of this machine is not found in its place.
    (tmp_path / SONAME).touch()

    async def scenario() -> None:
        async with running(Supervised(driver, tmp_path, interval=0.5).supervisor()) as supervisor:
            await until(lambda: caplog.messages)
            (child,) = children()
            assert value(supervisor, "emberline_nvml_up") == 0
            assert value(supervisor, "emberline_nvml_child_restarts_total") == 0
            assert value(supervisor, UTIL) is None
            await asyncio.sleep(1.2)  # two more readings, which must say nothing
            assert caplog.messages == ["no GPU values: NVML Shared Library Not Found"]
            shutil.copy(library(()) / SONAME, tmp_path / "copy")
            (tmp_path / "copy").rename(tmp_path / SONAME)
            await until(lambda: nvml_up(supervisor) and up(supervisor, 1))
            assert children() == [child]

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())


def test_a_module_that_is_not_loaded_is_asked_again_in_place(driver: FakeDriver, supervised: Supervised) -> None:
    driver.rule("nvmlInitWithFlags").result = DRIVER_NOT_LOADED

    async def scenario() -> None:
        async with running(supervised.supervisor()) as supervisor:
            await until(lambda: driver.rule("nvmlInitWithFlags").calls >= 3)
            assert not nvml_up(supervisor)
            driver.rule("nvmlInitWithFlags").result = 0
            await until(lambda: nvml_up(supervisor))
            assert value(supervisor, "emberline_nvml_child_restarts_total") == 0

    asyncio.run(scenario())


def test_an_upgraded_driver_is_loaded_by_a_new_process(driver: FakeDriver, supervised: Supervised) -> None:
    driver.rule("nvmlInitWithFlags").result = VERSION_MISMATCH

    async def scenario() -> None:
        async with running(supervised.supervisor()) as supervisor:
            await until(lambda: value(supervisor, "emberline_nvml_child_restarts_total") == 2)
            assert driver.rule("nvmlInitWithFlags").calls in {2, 3}, "each process asks once"
            driver.rule("nvmlInitWithFlags").result = 0
            await until(lambda: nvml_up(supervisor))

    asyncio.run(scenario())
