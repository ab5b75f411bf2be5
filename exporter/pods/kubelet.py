"""The kubelet's PodResources service over its unix socket: one channel that is kept, one question at a time.

grpcio is imported when the first question is asked: a node without Kubernetes never pays for it. Messages travel as
bytes, so nothing is decoded on the event loop.
"""

import os
from enum import StrEnum
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, Self

from exporter.pods.wire import MOST_BYTES

SOCKET: Final = Path("/var/lib/kubelet/pod-resources/kubelet.sock")
LIST: Final = "/v1.PodResourcesLister/List"

_SETTLED_MS: Final = 500
"""Wait before the socket is tried again: a restarted kubelet makes a new one under the old name."""


class Outcome(StrEnum):
    """How one question ended; each is a series of `emberline_kubelet_requests_total`."""

    OK = "ok"
    NO_SOCKET = "no_socket"
    """There is no socket at the path: no kubelet, or the directory is not mounted."""
    UNAVAILABLE = "unavailable"
    """Nobody accepts or the connection broke: the kubelet restarts, or the socket may not be opened."""
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    """The kubelet allows 100 questions a second from all of its node's clients together."""
    TOO_LARGE = "too_large"
    """More than 16 MiB."""
    GARBAGE = "garbage"
    """An answer that does not decode or goes beyond a limit."""
    REFUSED = "refused"
    """Any other status: the service is not there, or the feature gate is off."""


class NoAnswerError(Exception):
    """Why the kubelet gave no pods."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome


class Kubelet:
    """One channel to the kubelet behind `socket`; an answer that takes longer than `deadline` seconds is given up."""

    def __init__(self, socket: Path = SOCKET, deadline: float = 10.0) -> None:
        self._socket = socket
        self._deadline = deadline
        self._channel: Any = None
        self._ask: Any = None

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first question."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close the channel."""
        if self._channel is not None:
            await self._channel.close()
            self._channel = self._ask = None

    async def list(self) -> bytes:
        """A ListPodResourcesResponse, still encoded; NoAnswerError says why there is none."""
        try:
            there = self._socket.is_socket()
        except OSError as error:
            raise NoAnswerError(Outcome.UNAVAILABLE, f"{self._socket}: {error.strerror}") from error
        if not there:
            raise NoAnswerError(Outcome.NO_SOCKET, str(self._socket))
        grpc = _grpc()
        if self._ask is None:
            self._open(grpc)
        try:
            body: bytes = await self._ask(b"", timeout=self._deadline)
        except grpc.aio.AioRpcError as error:
            detail = str(error.details())[:200]
            raise NoAnswerError(_outcome(error.code().name, detail), detail) from error
        return body

    def _open(self, grpc: ModuleType) -> None:
        options = (
            ("grpc.max_receive_message_length", MOST_BYTES),
            ("grpc.initial_reconnect_backoff_ms", _SETTLED_MS),
            ("grpc.min_reconnect_backoff_ms", _SETTLED_MS),
            ("grpc.max_reconnect_backoff_ms", _SETTLED_MS),
            ("grpc.use_local_subchannel_pool", 1),  # two sockets under one path are not one connection
            ("grpc.enable_http_proxy", 0),
        )
        self._channel = grpc.aio.insecure_channel(f"unix:{self._socket.absolute()}", options=options)
        self._ask = self._channel.unary_unary(LIST)


def _grpc() -> ModuleType:
    """The library, silent: what it would write to stderr, in a form of its own, is in the outcome as well."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import grpc.aio  # noqa: PLC0415 - only where Kubernetes is

    return grpc  # type: ignore[no-any-return]


def _outcome(code: str, detail: str) -> Outcome:
    """What a gRPC status means here; RESOURCE_EXHAUSTED is said by the kubelet, and by our own limit."""
    if code == "RESOURCE_EXHAUSTED":
        return Outcome.RATE_LIMITED if "rate limit" in detail else Outcome.TOO_LARGE
    return {"DEADLINE_EXCEEDED": Outcome.TIMEOUT, "UNAVAILABLE": Outcome.UNAVAILABLE}.get(code, Outcome.REFUSED)
