"""News over HTTP: who listens is told at once, and of each change; too many are refused; the end ends them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
from aiohttp import web

from emberline.live.events import Events
from emberline.live.feed import Feed
from emberline.live.server import served
from tests.emberline.live.made import snapshot

Served = tuple[Events, Feed, str, aiohttp.ClientSession]


@asynccontextmanager
async def events(most: int = 3, heartbeat: float = 30) -> AsyncIterator[Served]:
    feed = Feed()
    told = Events(feed, most, heartbeat)
    app = web.Application()
    app.router.add_get("/events", told.answer)
    async with served(app, "127.0.0.1", 0) as url, aiohttp.ClientSession() as client:
        try:
            yield told, feed, f"{url}/events", client
        finally:
            await feed.close()


async def message(answer: aiohttp.ClientResponse) -> list[str]:
    """The lines of the next message."""
    lines = []
    async with asyncio.timeout(20):
        while line := (await answer.content.readline()).decode().strip():
            lines.append(line)
    return lines


def test_a_listener_is_told_at_once_and_of_each_change() -> None:
    async def play() -> None:
        async with events() as (_, feed, url, client):
            await feed.publish(snapshot())
            async with client.get(url) as answer:
                assert answer.content_type == "text/event-stream"
                assert await message(answer) == ["retry: 3000"]
                event, data = await message(answer)
                assert event == "event: status"
                assert json.loads(data.removeprefix("data: ")) == {
                    "evaluated_at": "2026-09-21T14:13:20Z", "firing": 1, "met": 15, "instances": 22,
                }  # fmt: skip
                await feed.publish(replace(snapshot(), results=()))
                _, data = await message(answer)
                assert json.loads(data.removeprefix("data: "))["instances"] == 0

    asyncio.run(play())


def test_an_idle_listener_hears_a_heartbeat_that_is_no_event() -> None:
    async def play() -> None:
        async with events(heartbeat=0.05) as (_, _feed, url, client), client.get(url) as answer:
            assert await message(answer) == ["retry: 3000"]
            assert [await message(answer) for _ in range(2)] == [[": still here"]] * 2

    asyncio.run(play())


def test_one_too_many_is_refused_until_another_leaves() -> None:
    async def play() -> None:
        async with events(most=2, heartbeat=0.05) as (told, feed, url, client):
            await feed.publish(snapshot())
            first, second = [await client.get(url) for _ in range(2)]
            async with client.get(url) as refused:
                assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
            first.close()
            async with asyncio.timeout(20):
                while told.listening > 1:  # noqa: ASYNC110 - the server notices with its next heartbeat
                    await asyncio.sleep(0.02)
            async with client.get(url) as third:
                assert third.status == 200
            second.close()

    asyncio.run(play())


def test_the_end_ends_every_stream() -> None:
    async def play() -> None:
        async with events() as (told, feed, url, client), client.get(url) as answer:
            await feed.close()
            async with asyncio.timeout(20):
                await answer.read()
            assert told.listening == 0

    asyncio.run(play())


def test_waiting_ends_with_news_or_with_the_time() -> None:
    async def play() -> tuple[bool, bool, bool]:
        feed = Feed()
        late = await feed.after(0, 0.01)
        waiting = asyncio.ensure_future(feed.after(0, 20))
        await feed.publish(snapshot())
        return late, await waiting, await feed.after(1, 0.01)

    assert asyncio.run(play()) == (False, True, False)
