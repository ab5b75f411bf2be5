"""Targets of pods, watched as the pods come and go."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from exporter.fleet import Fleet, life
from exporter.targets.fetch import transport
from exporter.targets.target import Target
from exporter.targets.vllm.memory import Pod
from exporter.targets.watch import Watch
from exporter.targets_pods import PodTarget
from tests.exporter.faulty import VLLM, Server, serves


def pod(server: Server, name: str, uid: str = "1") -> PodTarget:
    target = Target("vllm", f"ai-hub/{name}", server.url, "", interval=0.3, timeout=0.3)
    return PodTarget(target, uid, terminating=False, started_at=None)


def verdict(watch: Watch) -> str | None:
    points = [point for point in watch.points() if point.metric.name == "emberline_vllm_verdict" and point.value]
    return dict(points[0].labels)["verdict"] if points else None


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - the watches tell nobody
            await asyncio.sleep(0.01)


def lived(story: Callable[[Fleet], Awaitable[None]], *configured: Target) -> None:
    async def live() -> None:
        async with transport() as client:
            fleet = Fleet(client, [Watch(target, client) for target in configured])
            task = asyncio.create_task(fleet.run())
            try:
                await story(fleet)
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    asyncio.run(live())


def names(fleet: Fleet) -> list[str]:
    return [watch.target.name for watch in fleet.watches]


def test_a_pod_is_watched_while_it_is_there_and_its_end_is_a_verdict() -> None:
    with Server(serves(VLLM)) as server:

        async def story(fleet: Fleet) -> None:
            held = fleet.watches
            fleet.want([pod(server, "a"), pod(server, "b")])
            await until(lambda: names(fleet) == ["ai-hub/a", "ai-hub/b"])
            await until(lambda: verdict(fleet.watches[0]) == "serving")
            fleet.want([replace(pod(server, "a"), terminating=True), pod(server, "b")])
            assert verdict(fleet.watches[0]) == "draining"
            fleet.want([pod(server, "b")])
            await until(lambda: names(fleet) == ["ai-hub/b"])
            assert fleet.watches is held, "whoever has the list sees what changes"

        lived(story)


def test_a_pod_made_anew_is_another_watch_and_one_that_stayed_is_the_same() -> None:
    with Server(serves(VLLM)) as server:

        async def story(fleet: Fleet) -> None:
            fleet.want([pod(server, "a"), pod(server, "b")])
            await until(lambda: len(fleet.watches) == 2)
            first, second = fleet.watches
            fleet.want([pod(server, "a", uid="2"), pod(server, "b")])
            await until(lambda: first not in fleet.watches)
            assert names(fleet) == ["ai-hub/b", "ai-hub/a"]
            assert second in fleet.watches

        lived(story)


def test_what_was_configured_stays_whatever_pods_call_themselves() -> None:
    with Server(serves(VLLM)) as server:
        mine = Target("vllm", "ai-hub/a", server.url, "", interval=0.3, timeout=0.3)

        async def story(fleet: Fleet) -> None:
            fleet.want([pod(server, "a"), pod(server, "b")])
            await until(lambda: names(fleet) == ["ai-hub/a", "ai-hub/b"])
            assert fleet.watches[0].target is mine
            fleet.want([])
            await until(lambda: names(fleet) == ["ai-hub/a"])
            await until(lambda: verdict(fleet.watches[0]) == "serving")

        lived(story, mine)


def test_a_start_is_moved_to_the_clock_of_the_watches() -> None:
    started = PodTarget(Target("vllm", "a", "", "", 1, 1), "1", terminating=False, started_at=1_000.0)
    assert life(started, unix=1_060.0, monotonic=500.0) == Pod(started_at=440.0)
    assert life(started, unix=900.0, monotonic=500.0) == Pod(started_at=500.0), "a clock that is behind"
    assert life(replace(started, started_at=None, terminating=True), 0, 0) == Pod(terminating=True)
