"""What an API server may answer instead of objects: each has its outcome, and passes."""

from pathlib import Path

import pytest
from aiohttp import web

from exporter.kubernetes import api
from exporter.kubernetes.api import Outcome
from tests.exporter.kubernetes.apiserver import pod
from tests.exporter.kubernetes.watched import World, holding, lived


def test_an_expired_token_is_read_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.becomes("a")
        world.fake.token = "rotated"  # noqa: S105
        world.fake.break_off()
        await world.failed(Outcome.UNAUTHORIZED)
        assert world.names() == ["a"], "what is held stays"
        world.token.write_text("rotated\n")
        world.fake.put(pod("b"))
        await world.becomes("a", "b")

    world = lived(tmp_path, holding("a"), story)
    assert world.fake.statuses["list 200"] == 1


def test_a_missing_token_asks_nothing(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.token.unlink()
        await world.failed(Outcome.TOKEN)
        assert world.fake.seen == []
        world.token.write_text("good")
        await world.becomes("a")

    lived(tmp_path, holding("a"), story)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (403, Outcome.FORBIDDEN),
        (404, Outcome.NOT_FOUND),
        (410, Outcome.GONE),
        (429, Outcome.RATE_LIMITED),
        (500, Outcome.HTTP_STATUS),
        (302, Outcome.HTTP_STATUS),
    ],
)
def test_each_status_has_its_outcome_and_passes(tmp_path: Path, status: int, expected: Outcome) -> None:
    fake = holding("a")
    fake.faults.append(web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"}))

    async def story(world: World) -> None:
        await world.becomes("a")

    assert lived(tmp_path, fake, story).watch.requests[expected] == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", Outcome.GARBAGE),
        (b"[]", Outcome.GARBAGE),
        (b'{"items": 3, "metadata": {}}', Outcome.GARBAGE),
        (b"[" * 100_000, Outcome.GARBAGE),
        (b" " * (api.PAGE_BYTES + 1), Outcome.TOO_LARGE),
    ],
)
def test_a_list_that_is_none_leaves_what_is_held(tmp_path: Path, body: bytes, expected: Outcome) -> None:
    async def story(world: World) -> None:
        await world.becomes("a")
        world.fake.faults.extend([web.Response(status=410), web.Response(body=body)])
        world.fake.break_off()
        await world.failed(expected)
        assert world.names() == ["a"]
        world.fake.put(pod("b"))
        await world.becomes("a", "b")

    lived(tmp_path, holding("a"), story)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"nonsense\n", Outcome.GARBAGE),
        (b'{"type": "ADDED"}\n', Outcome.GARBAGE),
        (b'{"type": "ERROR", "object": {"code": 500, "message": "etcd"}}\n', Outcome.HTTP_STATUS),
        (b'{"type": "ERROR", "object": {"code": 410}}\n', Outcome.GONE),
        (b"x" * (api.LINE_BYTES + 1), Outcome.TOO_LARGE),
    ],
)
def test_an_event_that_is_none_ends_the_watch_and_the_next_one_goes_on(
    tmp_path: Path, line: bytes, expected: Outcome
) -> None:
    async def story(world: World) -> None:
        await world.becomes("a")
        world.fake.say(line)
        await world.failed(expected)
        world.fake.put(pod("b"))
        await world.becomes("a", "b")

    lived(tmp_path, holding("a"), story)
