"""G1 to G5 and their neighbours, read by unmodified pynvml from the fake driver, as they stand on the page."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from native.exposition import encode
from tests.conftest import Golden
from tests.exporter.nvml.supervised import Supervised, page, until, value
from tests.fakedriver.gpu import GPU_UTIL
from tests.fakedriver.library import Build
from tests.fakedriver.state import GIB, UNSIGNED, FakeDriver, Gpu

MEMORY_TEMP, ENERGY, REPLAYS, CORRECTABLE, UNCORRECTABLE, REMAP_FAILURE = 82, 83, 94, 142, 143, 145

NOT_SUPPORTED, UNKNOWN = 3, 999


def furnish(gpu: Gpu) -> None:
    """Give every metric a value that is its own."""
    gpu.gpu_percent, gpu.memory_percent, gpu.encoder_percent, gpu.decoder_percent = 93, 41, 7, 3
    gpu.celsius, gpu.milliwatts, gpu.limit_milliwatts = 71, 149_731, 150_250
    gpu.sm_mhz, gpu.memory_mhz, gpu.clock_reasons = 1_695, 6_251, 4 | 32
    gpu.total_bytes, gpu.reserved_bytes = 24 * GIB, 512 * 2**20
    gpu.used_bytes, gpu.free_bytes = 17 * GIB + 2**20 - 1, 6 * GIB + 512 * 2**20
    # R545 and its neighbours label this value wrongly; only the lower half counts.
    gpu.answer(MEMORY_TEMP, 88 | 5 << 32)
    gpu.answer(ENERGY, 987_654_321_012)
    gpu.answer(REPLAYS, 11, UNSIGNED)
    gpu.answer(CORRECTABLE, 2, UNSIGNED)
    gpu.answer(UNCORRECTABLE, 1, UNSIGNED)
    gpu.answer(REMAP_FAILURE, 0, UNSIGNED)


VALUES: dict[str, float] = {
    "DCGM_FI_DEV_GPU_UTIL": 93,
    "DCGM_FI_DEV_MEM_COPY_UTIL": 41,
    "DCGM_FI_DEV_ENC_UTIL": 7,
    "DCGM_FI_DEV_DEC_UTIL": 3,
    "DCGM_FI_DEV_GPU_TEMP": 71,
    "DCGM_FI_DEV_MEMORY_TEMP": 88,
    "DCGM_FI_DEV_POWER_USAGE": 149.731,
    "DCGM_FI_DEV_SM_CLOCK": 1695,
    "DCGM_FI_DEV_MEM_CLOCK": 6251,
    "DCGM_FI_DEV_FB_USED": 17 * 1024,
    "DCGM_FI_DEV_FB_FREE": 6 * 1024 + 512,
    "DCGM_FI_DEV_FB_RESERVED": 512,
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": 987_654_321_012,
    "DCGM_FI_DEV_PCIE_REPLAY_COUNTER": 11,
    "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS": 2,
    "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS": 1,
    "DCGM_FI_DEV_ROW_REMAP_FAILURE": 0,
    "emberline_gpu_power_limit_watts": 150.25,
    "emberline_gpu_clocks_event_reasons": 36,
    "emberline_gpu_up": 1,
}


def test_values_are_what_the_driver_holds_in_the_units_of_the_metric(
    supervised: Supervised, driver: FakeDriver
) -> None:
    furnish(driver.gpu(1))

    async def scenario() -> dict[str, float | None]:
        async with supervised.up() as supervisor:
            return {name: value(supervisor, name, gpu=1) for name in VALUES}

    assert asyncio.run(scenario()) == VALUES


def test_page_has_the_names_helps_and_label_order_of_dcgm_exporter(
    supervised: Supervised, driver: FakeDriver, golden: Golden
) -> None:
    furnish(driver.gpu(0))
    driver.gpu(1).name = b'NVIDIA "quoted" \\ model'

    async def scenario() -> bytes:
        async with supervised.up() as supervisor:
            return encode(
                family
                for family in page(supervisor)
                if not family.name.endswith(("_age_seconds", "_call_seconds_total"))
            )

    golden("nvml/page.prom", asyncio.run(scenario()).decode())


def test_a_change_in_the_driver_is_on_the_page_after_the_next_reading(
    supervised: Supervised, driver: FakeDriver
) -> None:
    async def scenario() -> None:
        async with supervised.up() as supervisor:
            driver.gpu(0).gpu_percent = 99
            await until(lambda: value(supervisor, "DCGM_FI_DEV_GPU_UTIL", 0) == 99)
            driver.gpu(0).gpu_percent = 1
            await until(lambda: value(supervisor, "DCGM_FI_DEV_GPU_UTIL", 0) == 1)

    asyncio.run(scenario())


TIMES = {"nvmlDeviceGetClockInfo": 3, "nvmlDeviceGetMaxClockInfo": 3, "nvmlDeviceGetTemperatureThreshold": 4}
TIMES |= {"nvmlDeviceGetInforomVersion": 3, "nvmlDeviceGetSamples": 3, "nvmlDeviceGetMigMode": 2}
"""Functions that are about several things, and about how many."""

IDENTITY = {"nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetUUID", "nvmlDeviceGetName", "nvmlDeviceGetSerial"}


def test_nothing_is_called_twice_for_one_reading_and_identity_once_for_all(
    supervised: Supervised, driver: FakeDriver
) -> None:
    driver.gpu(1).sample(GPU_UTIL, 1, 50)

    async def scenario() -> None:
        async with supervised.up():
            await until(lambda: driver.gpu(1).rule("nvmlDeviceGetFieldValues").calls >= 12)

    asyncio.run(scenario())
    turns: list[Counter[str]] = [Counter()]
    for call in driver.log():
        if call.gpu == 1:
            if call.function == "nvmlDeviceGetUtilizationRates":
                turns.append(Counter())
            turns[-1][call.function] += 1
    complete = turns[1:-1]
    assert len(complete) >= 10
    for turn in complete:
        assert turn["nvmlDeviceGetFieldValues"] == 1
        assert all(count <= TIMES.get(function, 1) for function, count in turn.items()), turn
        assert not IDENTITY & turn.keys()
    slow = [turn for turn in complete if "nvmlDeviceGetPerformanceState" in turn]
    assert len(slow) <= 2, "what is slow to change is asked for seldom"
    assert driver.most_at_once(1) == 1


OLD_DRIVERS: dict[str, tuple[set[str], dict[str, float | None]]] = {
    "before R510: memory without what is reserved": (
        {"nvmlDeviceGetMemoryInfo_v2"},
        {"DCGM_FI_DEV_FB_USED": 17 * 1024 + 512, "DCGM_FI_DEV_FB_RESERVED": None},
    ),
    "before R560: the older temperature": ({"nvmlDeviceGetTemperatureV"}, {"DCGM_FI_DEV_GPU_TEMP": 71}),
    "before R535: throttle reasons": (
        {"nvmlDeviceGetCurrentClocksEventReasons"},
        {"emberline_gpu_clocks_event_reasons": 36},
    ),
    "no field values at all": (
        {"nvmlDeviceGetFieldValues"},
        {"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": None, "DCGM_FI_DEV_GPU_UTIL": 93},
    ),
}


@pytest.mark.parametrize("case", OLD_DRIVERS)
def test_an_old_driver_loses_what_it_cannot_say_and_nothing_else(case: str, library: Build, driver: FakeDriver) -> None:
    hidden, expected = OLD_DRIVERS[case]
    furnish(driver.gpu(0))

    async def scenario() -> dict[str, float | None]:
        async with Supervised(driver, library(hidden)).up() as supervisor:
            return {name: value(supervisor, name, 0) for name in VALUES}

    found = asyncio.run(scenario())
    fields = ("ENERGY", "MEMORY_TEMP", "REPLAY", "REMAP") if "nvmlDeviceGetFieldValues" in hidden else ()
    rest = {name: None if any(field in name for field in fields) else VALUES[name] for name in VALUES}
    assert found == {**rest, **expected}


def sentinel(gpu: Gpu) -> None:
    gpu.gpu_percent = 808_334_905
    gpu.milliwatts = 2**32 - 1


def hot(gpu: Gpu) -> None:
    gpu.celsius = 255
    gpu.answer(ENERGY, 2**64 - 1)


def refused(gpu: Gpu) -> None:
    gpu.rule("nvmlDeviceGetUtilizationRates").result = NOT_SUPPORTED
    gpu.answer(ENERGY, 5, result=NOT_SUPPORTED)


ABSENT: dict[str, tuple[Callable[[Gpu], None], set[str]]] = {
    "sentinels": (sentinel, {"DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_POWER_USAGE"}),
    "beyond belief": (hot, {"DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"}),
    "not supported": (
        refused,
        {"DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_MEM_COPY_UTIL", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"},
    ),
}


@pytest.mark.parametrize("case", ABSENT)
def test_what_is_no_value_is_absent_and_the_rest_stays(case: str, supervised: Supervised, driver: FakeDriver) -> None:
    spoil, absent = ABSENT[case]
    furnish(driver.gpu(0))
    spoil(driver.gpu(0))

    async def scenario() -> dict[str, float | None]:
        async with supervised.up() as supervisor:
            return {name: value(supervisor, name, 0) for name in VALUES}

    found = asyncio.run(scenario())
    assert found == {name: None if name in absent else expected for name, expected in VALUES.items()}
