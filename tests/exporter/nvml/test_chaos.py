"""A driver that hangs, crashes, loses GPUs and refuses at random, under scraping: no failed scrape, no wrong `up`.

Readings are ten times as frequent as by default, so that a second here is ten of a node's. A round hurts some GPUs,
waits until the page says what is true of each, and heals them.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import pytest

from exporter.nvml.supervisor import Supervisor
from exporter.page import Page
from exporter.settings import Address
from exporter.web.server import serving
from native.exposition import parse
from tests.exporter.nvml.supervised import Supervised, children, states, until, value
from tests.fakedriver.library import Build
from tests.fakedriver.state import ANSWER, CRASH, HANG, FakeDriver, Gpu

ROUNDS: Final = 4
SOAKED_ROUNDS: Final = 40
GPUS: Final = 4
FUNCTIONS: Final = ("nvmlDeviceGetPowerUsage", "nvmlDeviceGetFieldValues", "nvmlDeviceGetTemperatureV")
LOST, RESET_REQUIRED, UNKNOWN = 15, 16, 999


def lose(gpu: Gpu, _: random.Random) -> str:
    gpu.condition = LOST
    return "lost"


def need_reset(gpu: Gpu, _: random.Random) -> str:
    gpu.condition = RESET_REQUIRED
    return "reset_required"


def refuse(gpu: Gpu, _: random.Random) -> str:
    gpu.condition = UNKNOWN
    return "failed"


def hang(gpu: Gpu, chance: random.Random) -> str:
    gpu.rule(chance.choice(FUNCTIONS)).action = HANG
    return "slow"


def crash(gpu: Gpu, chance: random.Random) -> str:
    gpu.rule(chance.choice(FUNCTIONS)).action = CRASH
    return "slow"


def delay(gpu: Gpu, chance: random.Random) -> str:
    gpu.rule(chance.choice(FUNCTIONS)).latency_us = 900_000
    return "slow"


def wedge(gpu: Gpu, _: random.Random) -> str:
    for rule in gpu.rules:
        rule.action = HANG
    return "wedged"


def spare(_: Gpu, __: random.Random) -> str:
    return "ok"


HURTS: Final[tuple[Callable[[Gpu, random.Random], str], ...]] = (
    lose,
    need_reset,
    refuse,
    hang,
    crash,
    delay,
    wedge,
    spare,
    spare,
)
DOWN: Final = {"lost", "reset_required", "failed", "wedged"}


def heal(gpu: Gpu) -> None:
    gpu.condition = 0
    for rule in gpu.rules:
        rule.action, rule.result, rule.latency_us = ANSWER, 0, 0


def hurt(driver: FakeDriver, chance: random.Random) -> dict[int, str]:
    """What must come to be said of each GPU. Only one crashes: each crash costs the others a moment."""
    chosen = [chance.choice(HURTS) for _ in range(GPUS)]
    first = chosen.index(crash) if crash in chosen else GPUS
    chosen[first + 1 :] = [spare if each is crash else each for each in chosen[first + 1 :]]
    return {index: each(driver.gpu(index), chance) for index, each in enumerate(chosen)}


@asynccontextmanager
async def scraped(supervisor: Supervisor) -> AsyncIterator[list[int]]:
    """The supervisor's page over HTTP, scraped all the time; every answer is a whole page, or the test fails."""
    sizes: list[int] = []

    async def scrape(url: str) -> None:
        async with httpx.AsyncClient() as client:
            while True:
                answer = await client.get(url)
                assert answer.status_code == 200
                page = parse(answer.content)
                ups = [sample for sample in page.samples() if sample.name == "emberline_gpu_up"]
                ones = [sample for sample in page.samples() if sample.name == "emberline_gpu_state" and sample.value]
                assert len(ones) <= len(ups), "no GPU is in two states"
                assert all(sample.value == 0 for sample in ups) or len(ones) == len(ups)
                sizes.append(len(answer.content))
                await asyncio.sleep(0.05)

    async with serving(Page(supervisor, ()), Address("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(scrape(f"{listening.url}/metrics"))
        yield sizes
        assert not task.done(), task.exception()
        task.cancel()
        await asyncio.wait([task])


def held() -> tuple[int, int, int]:
    """Descriptors of this process and of the child, and threads of the child."""
    (child,) = children() or (0,)
    counts = (len(list(Path(f"/proc/{place}").iterdir())) for place in ("self/fd", f"{child}/fd", f"{child}/task"))
    return next(counts), next(counts), next(counts)


def told(supervisor: Supervisor, expected: dict[int, str]) -> bool:
    """Whether the page says of every GPU what is true."""
    return value(supervisor, "emberline_nvml_up") == 1 and all(
        states(supervisor, index) == {state}
        and value(supervisor, "emberline_gpu_up", index) == float(state not in DOWN)
        for index, state in expected.items()
    )


def test_whatever_the_driver_does_the_page_is_served_and_tells_the_truth(
    library: Build, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    rounds = SOAKED_ROUNDS if request.config.getoption("--soak") else ROUNDS
    chance = random.Random(os.environ.get("CHAOS_SEED", "5"))
    driver = FakeDriver(tmp_path / "state", gpus=GPUS)
    supervised = Supervised(driver, library(()), interval=0.1, deadline=1.0)

    well = dict.fromkeys(range(GPUS), "ok")

    async def scenario() -> None:
        async with supervised.up() as supervisor:
            await until(lambda: told(supervisor, well))
            before = held()
            async with scraped(supervisor) as sizes:
                for _ in range(rounds):
                    await until(partial(told, supervisor, hurt(driver, chance)), within=60)
                    for index in range(GPUS):
                        heal(driver.gpu(index))
                    await until(lambda: told(supervisor, well), within=60)
            assert len(sizes) > 3 * rounds
            assert min(sizes) > 1000
            await until(lambda: all(now <= then for now, then in zip(held(), before, strict=True)))

    asyncio.run(scenario())
    assert children() == []
