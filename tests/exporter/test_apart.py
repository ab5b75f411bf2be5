"""What hangs holds up neither the others nor the end."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from exporter.apart import NAMES, Loop, apart


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A resolver that answers nothing about names of `.silent` until the test is over; the names it was asked for."""
    over, asked, real = threading.Event(), [], socket.getaddrinfo

    def look(host: str, *more: int) -> object:
        asked.append(host)
        if str(host).endswith(".silent"):
            over.wait(60)
        return real("127.0.0.1", *more)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    yield asked
    over.set()


async def found(host: str) -> object:
    return await asyncio.get_running_loop().getaddrinfo(host, 80, type=socket.SOCK_STREAM)


def test_names_that_are_not_answered_hold_up_no_other_and_not_the_end(silent: list[str]) -> None:
    async def scenario() -> None:
        for _ in range(5):
            waiting = [asyncio.create_task(found(f"n{number}.silent")) for number in range(20)]
            assert await found("server.lab")
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(scenario())
    assert sorted(set(silent)) == sorted({"server.lab", *(f"n{number}.silent" for number in range(20))})
    assert len(silent) == 20 + 5, "each name is looked up once at a time"


def test_only_so_many_names_are_looked_up_at_a_time(silent: list[str]) -> None:
    async def scenario() -> None:
        waiting = [asyncio.create_task(found(f"n{number}.silent")) for number in range(NAMES)]
        await asyncio.sleep(0)
        with pytest.raises(socket.gaierror, match="other names"):
            await found("server.lab")
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(scenario())
    assert len(silent) == NAMES


def test_what_work_raises_is_raised() -> None:
    def fails() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(apart(fails))
    assert asyncio.run(apart(lambda: 42)) == 42
