"""InferenceServices followed through everything an API server does to its watchers."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from exporter.kserve.source import RESOURCE, KServe
from exporter.kubernetes.api import ApiServer
from tests.exporter.kserve.services import PATH, api, service, unready
from tests.exporter.kubernetes.apiserver import FakeApi


class World:
    """An API server, what follows it, and the token's file."""

    def __init__(self, fake: FakeApi, url: str, folder: Path, namespace: str | None) -> None:
        self.fake = fake
        self.token = folder / "token"
        self.token.write_text("good\n")
        self.kserve = KServe(ApiServer(url, self.token), random.Random(7).random, namespace, first=0.01)

    def ready(self) -> dict[str, float]:
        """Readiness by name."""
        points = self.kserve.points(time.monotonic())
        return {dict(p.labels)["name"]: p.value for p in points if p.metric.name == "emberline_kserve_ready"}

    def requests(self, outcome: str) -> float:
        """How many requests ended so."""
        name = "emberline_kubernetes_requests_total"
        labels = (("resource", RESOURCE), ("outcome", outcome))
        return next(
            p.value for p in self.kserve.points(time.monotonic()) if p.metric.name == name and p.labels == labels
        )

    async def becomes(self, **ready: int) -> None:
        await self.until(lambda: self.ready() == ready)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - the watch tells nobody
                await asyncio.sleep(0.005)


def lived(
    folder: Path, fake: FakeApi, story: Callable[[World], Awaitable[None]], namespace: str | None = None
) -> World:
    async def live() -> World:
        async with fake.server() as server:
            world = World(fake, str(server.make_url("")), folder, namespace)
            task = asyncio.create_task(world.kserve.run())
            try:
                await story(world)
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                fake.break_off()
            return world

    return asyncio.run(live())


def test_services_are_listed_in_pages_and_followed_as_they_come_change_and_go(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        assert world.kserve.pending() == (RESOURCE,)
        assert world.ready() == {}
        await world.becomes(a=1, b=1, c=1, d=0, e=1)
        assert world.kserve.pending() == ()
        world.fake.put(service("f"))
        world.fake.put(unready("a"), "MODIFIED")
        world.fake.delete("uid-ai-hub-b")
        await world.becomes(a=0, c=1, d=0, e=1, f=1)
        world.fake.put(service("a"), "MODIFIED")
        await world.becomes(a=1, c=1, d=0, e=1, f=1)

    fake = api(service("a"), service("b"), service("c"), unready("d"), service("e"))
    world = lived(tmp_path, fake, story)
    lists = [it.query.get("continue") for it in world.fake.seen if "watch" not in it.query]
    assert lists == [None, "2", "4"]
    assert world.fake.statuses["list 200"] == 3


def test_a_bookmark_saves_a_list_and_a_past_that_is_gone_costs_one(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes(a=1)
        world.fake.bookmark()
        world.fake.put(unready("b"))
        await world.becomes(a=1, b=0)
        world.fake.break_off()
        await world.until(lambda: world.requests("unreachable") == 1)
        world.fake.put(service("b"), "MODIFIED")
        await world.becomes(a=1, b=1)
        assert world.fake.statuses["list 200"] == 1
        world.fake.break_off()
        world.fake.put(service("c"))
        world.fake.compact()  # whoever was away now must list
        await world.becomes(a=1, b=1, c=1)
        assert world.requests("gone") >= 1
        assert world.fake.statuses["list 200"] == 2

    fake = api(service("a"))
    fake.page = 10
    lived(tmp_path, fake, story)


def test_a_token_that_expired_is_read_again_and_what_was_known_stays_meanwhile(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes(a=1)
        world.fake.token = "newer"  # noqa: S105 - of a fake
        world.fake.break_off()
        await world.until(lambda: world.requests("unauthorized") >= 1)
        assert world.ready() == {"a": 1}
        world.token.write_text("newer\n")
        world.fake.put(unready("a"), "MODIFIED")
        await world.becomes(a=0)

    lived(tmp_path, api(service("a")), story)


def test_a_cluster_without_kserve_or_without_the_role_has_no_services_and_says_why(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.until(lambda: world.requests("forbidden") == 1)
        assert world.kserve.pending() == ()
        await world.until(lambda: world.requests("not_found") == 1)
        assert world.ready() == {}
        await world.becomes(a=1)

    fake = api(service("a"))
    fake.faults.extend([web.json_response({"code": 403}, status=403), web.json_response({"code": 404}, status=404)])
    lived(tmp_path, fake, story)


def test_one_namespace_may_be_all_that_is_asked_for(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes(a=1)

    fake = api(service("a"))
    fake.path = PATH.replace("/inferenceservices", "/namespaces/ai-hub/inferenceservices")
    lived(tmp_path, fake, story, namespace="ai-hub")


def test_services_are_counted_by_namespace_and_their_age_is_told(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.until(lambda: len(world.ready()) == 2)
        counts = {
            dict(p.labels).get("namespace"): p.value
            for p in world.kserve.points(time.monotonic())
            if p.metric.name == "emberline_kserve_inference_services"
        }
        assert counts == {"ai-hub": 2, "lab": 1}
        (age,) = (
            p.value
            for p in world.kserve.points(time.monotonic())
            if p.metric.name == "emberline_kubernetes_age_seconds"
        )
        assert 0 <= age < 10

    lived(tmp_path, api(service("a"), service("b"), service("a", "lab")), story)
