"""What an endpoint is asked, what it answers, and why it may not.

A probe is a generator: it yields each `Request`, is sent what came back, and returns its verdict. It never sees a
socket, so every state of a server is a table row in a test.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exporter.metric import Point
from native.exposition import Labels


class Reason(StrEnum):
    """Why a probe failed; each one is a series of `emberline_target_failures_total`."""

    REFUSED = "refused"
    """No connection: nothing listens, the name does not resolve, or TLS fails."""
    TIMEOUT = "timeout"
    """The deadline passed: while connecting, waiting, or reading a body that drips."""
    TOO_LARGE = "too_large"
    """The body went on past the limit."""
    PROTOCOL = "protocol"
    """No whole HTTP answer: broken off, a malformed or oversized head, an encoding nobody asked for."""
    REDIRECT = "redirect"
    """Redirects are not followed: credentials and trust belong to the configured address."""
    HTTP_STATUS = "http_status"
    """Any other status than the success expected."""
    GARBAGE = "garbage"
    """The right status with a body that does not parse or lacks what it must hold."""
    REPORTED = "reported"
    """The server answered in good form that it is not well, or refused the call in its own error format."""
    CREDENTIALS = "credentials"
    """The credentials file cannot be read or holds no single line of printable characters."""
    INTERNAL = "internal"
    """A fault of the probe itself; the log has the traceback."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `trusted` says whether the target's credentials go with it, `limit` is in bytes of body."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    trusted: bool = True
    limit: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and whole body of a response that came in time and within its limit."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no good answer; `detail` is one short line for the log."""

    reason: Reason
    detail: str


class Verdict(Protocol):
    """What one probe found out; a failed one carries its failure."""

    @property
    def failure(self) -> Failed | None:
        """Why the endpoint does not count as up; None when it does."""

    def points(self, target: Labels) -> Iterator[Point]:
        """The verdict as values of our own metrics."""


Script = Generator[Request, Answer | Failed, Verdict]


@dataclass(frozen=True, slots=True)
class Unknown:
    """The verdict of a probe that learnt nothing but why it failed."""

    failure: Failed

    def points(self, target: Labels) -> Iterator[Point]:
        """Nothing: unknown is absent, never zero."""
        del target
        return iter(())


def expect(answer: Answer | Failed, status: int = 200) -> bytes | Failed:
    """The body of an answer with the expected status, or why there is none."""
    if isinstance(answer, Failed):
        return answer
    if answer.status == status:
        return answer.body
    if 300 <= answer.status < 400:  # noqa: PLR2004 - the redirect class of RFC 9110 §15.4
        return Failed(Reason.REDIRECT, f"HTTP {answer.status}: redirects are not followed")
    return Failed(Reason.HTTP_STATUS, f"HTTP {answer.status}")
