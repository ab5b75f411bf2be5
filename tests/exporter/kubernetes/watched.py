"""A watch under observation: an API server, the token's file, and a story in which both change."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

from exporter.kubernetes.api import ApiServer, Outcome
from exporter.kubernetes.watch import Feed, Watch
from exporter.pods.objects import KnownPod, read_pod
from tests.exporter.kubernetes.apiserver import FakeApi, pod

PODS = Feed("pods", ("/api/v1/pods",), "spec.nodeName=n", lambda item: read_pod(item, {"app"}), metadata=True)


class World:
    """An API server, a watch on it, and the token's file."""

    def __init__(self, fake: FakeApi, url: str, folder: Path, feed: Feed[KnownPod]) -> None:
        self.fake = fake
        self.token = folder / "token"
        self.token.write_text("good\n")
        self.watch = Watch(ApiServer(url, self.token), feed, random.Random(7).random, first=0.01)

    def names(self) -> list[str] | None:
        held = self.watch.objects
        return None if held is None else sorted(it.name[1] for it in held.values())

    async def becomes(self, *names: str) -> None:
        await self.until(lambda: self.names() == list(names))

    async def failed(self, outcome: Outcome, times: int = 1) -> None:
        await self.until(lambda: self.watch.requests[outcome] >= times)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - the watch tells nobody
                await asyncio.sleep(0.005)


def lived(folder: Path, fake: FakeApi, story: Callable[[World], Awaitable[None]], feed: Feed[KnownPod] = PODS) -> World:
    async def live() -> World:
        async with fake.server() as server:
            world = World(fake, str(server.make_url("")), folder, feed)
            task = asyncio.create_task(world.watch.run())
            try:
                await story(world)
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                fake.break_off()
            return world

    return asyncio.run(live())


def holding(*names: str) -> FakeApi:
    fake = FakeApi()
    for name in names:
        fake.put(pod(name, labels={"app": name, "secret": "x"}))
    return fake
