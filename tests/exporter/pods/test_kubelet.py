"""The client against a real gRPC server on a unix socket, with every fault a kubelet shows."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import grpc
import pytest

from exporter.pods.kubelet import Kubelet, NoAnswerError, Outcome
from exporter.pods.resources import Container, Devices, Pod
from exporter.pods.wire import MOST_BYTES, decode_list, encode_list
from tests.exporter.pods import kubelet as fake
from tests.exporter.pods.kubelet import FakeKubelet

POD = Pod("team", "vllm-0", (Container("vllm", (Devices("nvidia.com/gpu", ("GPU-1",)),)),))


def connections(path: Path) -> int:
    """Connected sockets (state 3) that a listener on this path has accepted."""
    sockets = (line.split() for line in Path("/proc/net/unix").read_text().splitlines())
    return sum(it[-1] == str(path) and it[5] == "03" for it in sockets)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeKubelet]:
    with FakeKubelet(tmp_path / "kubelet.sock", fake.lists(POD)) as running:
        yield running


def asked(socket: Path, story: Callable[[Kubelet], Awaitable[None]], deadline: float = 10) -> None:
    async def ask() -> None:
        async with Kubelet(socket, deadline) as kubelet:
            await story(kubelet)

    asyncio.run(ask())


async def outcome(kubelet: Kubelet) -> Outcome:
    try:
        await kubelet.list()
    except NoAnswerError as error:
        return error.outcome
    return Outcome.OK


def test_pods_come_as_the_kubelet_lists_them(server: FakeKubelet) -> None:
    async def story(kubelet: Kubelet) -> None:
        assert decode_list(await kubelet.list()) == (POD,)
        assert decode_list(await kubelet.list()) == (POD,)

    asked(server.socket, story)
    assert server.calls == 2


def test_one_connection_serves_all_questions(server: FakeKubelet) -> None:
    async def story(kubelet: Kubelet) -> None:
        for _ in range(5):
            await kubelet.list()
        assert connections(server.socket) == 1

    asked(server.socket, story)
    assert server.calls == 5


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (fake.RATE_LIMITED, Outcome.RATE_LIMITED),
        (fake.aborts(grpc.StatusCode.UNAVAILABLE, "restarting"), Outcome.UNAVAILABLE),
        (fake.aborts(grpc.StatusCode.UNIMPLEMENTED, "unknown service"), Outcome.REFUSED),
        (fake.aborts(grpc.StatusCode.PERMISSION_DENIED, "no"), Outcome.REFUSED),
        (fake.sends(b"\0" * (MOST_BYTES + 1)), Outcome.TOO_LARGE),
    ],
)
def test_each_fault_has_its_outcome_and_passes(
    server: FakeKubelet, behaviour: fake.Behaviour, expected: Outcome
) -> None:
    async def story(kubelet: Kubelet) -> None:
        server.behaviour = behaviour
        assert await outcome(kubelet) is expected
        server.answers([POD])
        assert await outcome(kubelet) is Outcome.OK

    asked(server.socket, story)


def test_a_slow_answer_costs_the_deadline_and_no_more(server: FakeKubelet) -> None:
    async def story(kubelet: Kubelet) -> None:
        server.behaviour = fake.hangs
        began = time.monotonic()
        assert await outcome(kubelet) is Outcome.TIMEOUT
        assert 0.25 < time.monotonic() - began < 5
        server.answers([POD])
        assert await outcome(kubelet) is Outcome.OK

    asked(server.socket, story, deadline=0.3)


def test_an_answer_of_more_than_5_mib_is_read_whole(server: FakeKubelet) -> None:
    pods = [Pod("team", f"{'x' * 500}-{n}", (Container("c", (Devices("r", ("y" * 500,)),)),)) for n in range(5_500)]
    server.answers(pods)
    assert 5 << 20 < len(encode_list(pods)) < MOST_BYTES

    async def story(kubelet: Kubelet) -> None:
        assert len(decode_list(await kubelet.list())) == len(pods)

    asked(server.socket, story)


def test_a_missing_socket_is_said_and_found_when_it_comes(tmp_path: Path) -> None:
    async def story(kubelet: Kubelet) -> None:
        assert await outcome(kubelet) is Outcome.NO_SOCKET
        with FakeKubelet(tmp_path / "kubelet.sock", fake.lists(POD)):
            assert await outcome(kubelet) is Outcome.OK

    asked(tmp_path / "kubelet.sock", story)


def test_a_socket_without_a_listener_is_unavailable(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(tmp_path / "kubelet.sock"))

        async def story(kubelet: Kubelet) -> None:
            assert await outcome(kubelet) is Outcome.UNAVAILABLE

        asked(tmp_path / "kubelet.sock", story)


def test_a_path_that_cannot_be_looked_at_is_unavailable(tmp_path: Path) -> None:
    async def story(kubelet: Kubelet) -> None:
        assert await outcome(kubelet) is Outcome.UNAVAILABLE

    asked(tmp_path / ("x" * 300), story)


def test_a_kubelet_that_restarts_is_found_again_on_its_new_socket(server: FakeKubelet) -> None:
    async def story(kubelet: Kubelet) -> None:
        assert await outcome(kubelet) is Outcome.OK
        await asyncio.to_thread(server.stop)
        assert await outcome(kubelet) is Outcome.NO_SOCKET
        server.start()
        async with asyncio.timeout(10):
            while await outcome(kubelet) is not Outcome.OK:  # noqa: ASYNC110 - the kubelet tells nobody when it is back
                await asyncio.sleep(0.05)

    asked(server.socket, story)
