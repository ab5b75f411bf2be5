import asyncio
import gzip
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from exporter.targets.answer import Answer, Failed, Reason, Request, Script, Unknown, Verdict
from exporter.targets.fetch import run, transport
from exporter.targets.vllm.endpoints import Healthy, health
from exporter.targets.vllm.load import Load, metrics
from tests.exporter import faulty
from tests.exporter.faulty import VLLM, Behaviour, Server, serves

DEADLINE = 0.5
PATIENCE = 20.0
"""Long enough for any answer that comes to an end, on a machine however busy."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(serves(VLLM)) as running:
        yield running


def probe(script: Script, deadline: float = PATIENCE, **credentials: str) -> Verdict:
    async def ask() -> Verdict:
        async with transport() as client:
            return await run(script, client, credentials, deadline)

    return asyncio.run(ask())


def reason(script: Script, deadline: float = PATIENCE) -> Reason | None:
    failure = probe(script, deadline).failure
    return None if failure is None else failure.reason


def test_a_server_that_answers_gets_its_verdict(server: Server) -> None:
    assert probe(health(server.url)) == Healthy()
    assert isinstance(probe(metrics(server.url)), Load)


@pytest.mark.parametrize("script", [health, metrics])
@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (faulty.hangs, Reason.TIMEOUT),
        (faulty.drips, Reason.TIMEOUT),
        (faulty.is_no_http, Reason.PROTOCOL),
        (faulty.has_huge_headers, Reason.PROTOCOL),
        (faulty.compresses, Reason.PROTOCOL),
        (faulty.breaks_off, Reason.PROTOCOL),
        (faulty.fails, Reason.HTTP_STATUS),
        (faulty.redirects, Reason.REDIRECT),
    ],
)
def test_each_fault_has_its_reason(
    server: Server, behaviour: Behaviour, expected: Reason, script: Callable[[str], Script]
) -> None:
    server.behaviour = behaviour
    began = time.monotonic()
    assert reason(script(server.url), DEADLINE if expected is Reason.TIMEOUT else PATIENCE) is expected
    assert time.monotonic() - began < PATIENCE, "a deadline that is not kept lets the server hang for thirty seconds"


def test_nobody_listening_is_refused(server: Server) -> None:
    server.stop()
    assert reason(health(server.url)) is Reason.REFUSED


def test_an_endless_body_is_cut_off_at_the_limit_and_not_at_the_deadline(server: Server) -> None:
    server.behaviour = faulty.never_ends
    assert reason(health(server.url)) is Reason.TOO_LARGE


BOMB = gzip.compress(bytes(32 << 20))


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", "deflate", "br", "zstd", "gzip, gzip", "identity"])
def test_a_bomb_is_never_unpacked(server: Server, encoding: str) -> None:
    server.behaviour = lambda handler: handler.reply(200, BOMB, Content_Encoding=encoding)
    tracemalloc.start()
    try:
        found = reason(metrics(server.url))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is (Reason.GARBAGE if encoding == "identity" else Reason.PROTOCOL)
    assert peak < 8 << 20


def test_a_garbage_page_is_garbage(server: Server) -> None:
    server.behaviour = faulty.talks_garbage
    assert reason(metrics(server.url)) is Reason.GARBAGE


@pytest.mark.parametrize(("size", "failed"), [(1000, False), (1001, True)])
def test_a_body_at_the_limit_is_read_and_one_beyond_is_not(server: Server, size: int, *, failed: bool) -> None:
    server.behaviour = serves({"/": (200, b"x" * size)})

    def script() -> Script:
        answer = yield Request(f"{server.url}/", limit=1000)
        failure = answer if isinstance(answer, Failed) else None
        return Unknown(failure or Failed(Reason.INTERNAL, str(len(answer.body) if isinstance(answer, Answer) else 0)))

    expected = Failed(Reason.TOO_LARGE, "more than 1000 bytes") if failed else Failed(Reason.INTERNAL, "1000")
    assert probe(script()).failure == expected


@pytest.mark.parametrize("trusted", [True, False])
def test_credentials_go_with_trusted_requests_alone(server: Server, *, trusted: bool) -> None:
    def echo(handler: faulty.Handler) -> None:
        handler.reply(200, handler.headers.get("Authorization", "none").encode())

    def script() -> Script:
        answer = yield Request(f"{server.url}/", trusted=trusted)
        return Unknown(Failed(Reason.INTERNAL, answer.body.decode() if isinstance(answer, Answer) else "failed"))

    server.behaviour = echo
    expected = "Bearer s3cret" if trusted else "none"
    assert probe(script(), Authorization="Bearer s3cret").failure == Failed(Reason.INTERNAL, expected)


def test_one_deadline_covers_all_requests_of_a_script(server: Server) -> None:
    def slow(handler: faulty.Handler) -> None:
        handler.closing.wait(0.2)
        handler.reply(200, b"")

    def script() -> Script:
        for _ in range(5):
            yield Request(f"{server.url}/")
        return Healthy()

    server.behaviour = slow
    assert reason(script(), DEADLINE) is Reason.TIMEOUT
    assert reason(script()) is None
