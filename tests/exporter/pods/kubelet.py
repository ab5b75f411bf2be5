"""A kubelet for tests: a real gRPC server on a unix socket, whose behaviour a test changes while it runs."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import grpc

from exporter.pods.kubelet import LIST
from exporter.pods.resources import Container, Devices, Pod
from exporter.pods.wire import encode_list


class Call(Protocol):
    """What grpcio's `ServicerContext` offers to a behaviour."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        """End the call by raising."""

    def is_active(self) -> bool:
        """Whether the client still waits."""


Behaviour = Callable[[Call, threading.Event], bytes]


def holding(name: str, *devices: str) -> Pod:
    """A pod of the namespace `team` whose one container holds these devices."""
    return Pod("team", name, (Container("main", (Devices("nvidia.com/gpu", devices),)),))


def lists(*pods: Pod) -> Behaviour:
    """Answers with these pods."""
    return sends(encode_list(pods))


def sends(body: bytes) -> Behaviour:
    """Answers with these bytes."""
    return lambda _call, _closing: body


def aborts(code: grpc.StatusCode, detail: str) -> Behaviour:
    """Ends every call with a status."""

    def behave(call: Call, closing: threading.Event) -> bytes:
        del closing
        call.abort(code, detail)
        raise AssertionError

    return behave


RATE_LIMITED = aborts(grpc.StatusCode.RESOURCE_EXHAUSTED, "rejected by rate limit")
"""As the kubelet spells it."""


def hangs(call: Call, closing: threading.Event) -> bytes:
    """Answers when the server stops or the client gives up, whichever is first."""
    while call.is_active() and not closing.wait(0.02):
        pass
    return b""


@dataclass
class FakeKubelet:
    """A kubelet behind `socket`; it can be stopped and started again, with a new socket under the old name."""

    socket: Path
    behaviour: Behaviour = field(default_factory=lists)
    calls: int = 0
    connections: set[str] = field(default_factory=set)
    _server: Any = None
    _closing: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen."""
        self._closing = threading.Event()
        handlers = {"List": grpc.unary_unary_rpc_method_handler(self._answer)}
        service, _, _ = LIST.strip("/").partition("/")
        options = (("grpc.max_send_message_length", -1),)
        self._server = grpc.server(ThreadPoolExecutor(4), options=options)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
        self._server.add_insecure_port(f"unix:{self.socket}")
        self._server.start()

    def stop(self) -> None:
        """Listen no longer, break off what is going on, and leave no socket."""
        self._closing.set()
        self._server.stop(None).wait()
        self.socket.unlink(missing_ok=True)

    def answers(self, pods: Iterable[Pod]) -> None:
        """From now on list these pods."""
        self.behaviour = lists(*pods)

    def _answer(self, request: bytes, call: Call) -> bytes:
        assert request == b"", "ListPodResourcesRequest has no fields"
        self.calls += 1
        return self.behaviour(call, self._closing)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        del kind, error, at
        self.stop()
