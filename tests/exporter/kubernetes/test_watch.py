"""List and watch against a real HTTP server with the faults of an API server."""

import asyncio
import contextlib
import time
from pathlib import Path

from aiohttp import web

from exporter.kubernetes.api import Outcome
from exporter.kubernetes.watch import OBJECTS, Feed, pause
from tests.exporter.kubernetes.apiserver import pod
from tests.exporter.kubernetes.watched import PODS, World, holding, lived


def test_what_is_there_is_listed_in_pages_and_then_followed(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        assert world.watch.objects is None
        assert world.watch.age(0) is None
        await world.becomes("a", "b", "c", "d", "e")
        world.fake.put(pod("f"))
        world.fake.delete("uid-a")
        await world.becomes("b", "c", "d", "e", "f")
        world.fake.put(pod("b", labels={"app": "new"}), "MODIFIED")
        await world.until(lambda: (world.watch.objects or {})["uid-b"].details.labels == {"app": "new"})

    world = lived(tmp_path, holding("a", "b", "c", "d", "e"), story)
    lists = [it for it in world.fake.seen if "watch" not in it.query]
    assert [it.query.get("continue") for it in lists] == [None, "2", "4"]
    assert {it.query["fieldSelector"] for it in world.fake.seen} == {"spec.nodeName=n"}
    assert lists[0].headers["Accept"] == "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    assert world.watch.requests[Outcome.OK] == 1


def test_only_allowed_labels_are_kept(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes("a")
        assert world.watch.objects is not None
        assert world.watch.objects["uid-a"].details.labels == {"app": "a"}

    lived(tmp_path, holding("a"), story)


def test_a_watch_that_breaks_is_taken_up_where_it_was_and_nothing_is_listed_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes("a")
        world.fake.put(pod("b"))
        await world.becomes("a", "b")
        world.fake.break_off()
        await world.failed(Outcome.UNREACHABLE)
        world.fake.put(pod("c"))
        await world.becomes("a", "b", "c")

    world = lived(tmp_path, holding("a"), story)
    assert world.fake.statuses["list 200"] == 1
    watches = [it.query["resourceVersion"] for it in world.fake.seen if "watch" in it.query]
    assert watches[0] == "11"
    assert set(watches[1:]) <= {"12", "13"}


def test_a_bookmark_moves_the_version_from_which_a_watch_is_taken_up(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes("a")
        world.fake.version = 500
        world.fake.bookmark()
        world.fake.put(pod("b"))
        await world.becomes("a", "b")
        before = time.monotonic()
        world.fake.bookmark()
        await world.until(lambda: (world.watch.age(before) or 0) <= 0)
        world.fake.compact()
        world.fake.break_off()
        await world.failed(Outcome.UNREACHABLE)
        world.fake.put(pod("c"))
        await world.becomes("a", "b", "c")

    world = lived(tmp_path, holding("a"), story)
    assert world.watch.requests[Outcome.GONE] == 0


def test_when_the_past_is_gone_everything_is_listed_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes("a", "b")
        world.fake.faults.append(web.Response(status=503))
        world.fake.break_off()
        world.fake.delete("uid-a")
        world.fake.put(pod("c"))
        world.fake.compact()
        await world.becomes("b", "c")

    world = lived(tmp_path, holding("a", "b"), story)
    assert world.watch.requests[Outcome.GONE] == 1
    assert world.fake.statuses["list 200"] == 2
    assert [it.query["resourceVersion"] for it in world.fake.seen if "watch" not in it.query] == ["0", ""]


def test_a_watch_that_ends_at_once_is_not_asked_in_a_hurry(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.fake.ends_after = 0
        await world.failed(Outcome.SHORT, times=4)
        assert world.names() == ["a"]
        assert world.fake.statuses["watch 200"] <= 6

    lived(tmp_path, holding("a"), story)


def test_a_watch_that_ends_in_its_time_is_followed_by_another_and_is_no_failure(tmp_path: Path) -> None:
    fake = holding("a")
    fake.ends_after = 1.05

    async def story(world: World) -> None:
        await world.until(lambda: world.fake.statuses["watch 200"] >= 1)
        fake.ends_after = None
        world.fake.put(pod("b"))
        await world.becomes("a", "b")

    world = lived(tmp_path, fake, story)
    assert set(+world.watch.requests) == {Outcome.OK}


def test_a_short_watch_that_said_something_is_no_failure(tmp_path: Path) -> None:
    fake = holding("a")
    fake.ends_after = 0

    async def story(world: World) -> None:
        await world.becomes("a")
        world.fake.put(pod("b"))
        await world.becomes("a", "b")
        await world.until(lambda: world.watch.requests[Outcome.OK] >= 2)

    lived(tmp_path, fake, story)


def test_a_server_that_is_not_there_is_found_when_it_comes(tmp_path: Path) -> None:
    async def live() -> None:
        fake = holding("a")
        async with fake.server() as gone:
            world, port = World(fake, str(gone.make_url("")), tmp_path, PODS), gone.port
        task = asyncio.create_task(world.watch.run())
        await world.failed(Outcome.UNREACHABLE, times=2)
        again = fake.server(port)
        await again.start_server()
        await world.becomes("a")
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        fake.break_off()
        await again.close()

    asyncio.run(live())


def test_more_objects_than_a_node_can_have_are_an_error(tmp_path: Path) -> None:
    fake = holding(*(f"p{number}" for number in range(OBJECTS + 1)))
    fake.page = OBJECTS * 2

    async def story(world: World) -> None:
        await world.failed(Outcome.TOO_LARGE)
        assert world.names() is None
        world.fake.delete("uid-p0")
        await world.until(lambda: world.names() is not None)

    lived(tmp_path, fake, story)


def test_another_version_of_the_resource_is_tried_where_one_is_missing(tmp_path: Path) -> None:
    feed = Feed("pods", ("/apis/v3/pods", "/apis/v2/pods", "/api/v1/pods"), "", PODS.read)

    async def story(world: World) -> None:
        await world.becomes("a")
        assert world.watch.requests[Outcome.NOT_FOUND] == 2

    lived(tmp_path, holding("a"), story, feed)


def test_pauses_double_up_to_a_minute_with_a_share_of_chance() -> None:
    assert [pause(n, 1.0, 1.0) for n in (1, 2, 3, 7, 100)] == [1, 2, 4, 60, 60]
    assert [pause(n, 0.0, 1.0) for n in (1, 2, 3, 7)] == [0.5, 1, 2, 30]
    assert pause(1, 0.0, 1.0, wish=20) == 20
