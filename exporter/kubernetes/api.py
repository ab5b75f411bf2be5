"""Requests to the Kubernetes API: token read anew for each, certificate authority from its file, sizes bounded."""

import asyncio
import json
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from exporter.targets.answer import Failed
from exporter.targets.credentials import read_credentials

if TYPE_CHECKING:
    import httpx

PAGE_BYTES: Final = 16 << 20
LINE_BYTES: Final = 4 << 20
"""One event; etcd takes objects of 1.5 MiB."""
LONGEST_RETRY_AFTER: Final = 60.0

_FOLDER: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_CONNECT_SECONDS: Final = 10.0

Document = dict[str, Any]


class Outcome(StrEnum):
    """How a request ended; each is a series of `emberline_kubernetes_requests_total`."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    """No connection, no TLS that the authority vouches for, or broken off."""
    TIMEOUT = "timeout"
    UNAUTHORIZED = "unauthorized"
    """401: the token has expired; its file is read again for the next request."""
    FORBIDDEN = "forbidden"
    """403: the service account lacks the role."""
    NOT_FOUND = "not_found"
    """404: this server does not have the resource, or not in this version."""
    GONE = "gone"
    """410: the history since our last version is no more; everything is listed again."""
    RATE_LIMITED = "rate_limited"
    """429."""
    HTTP_STATUS = "http_status"
    TOO_LARGE = "too_large"
    GARBAGE = "garbage"
    TOKEN = "token"  # noqa: S105 - the name of an outcome
    """The token's file cannot be read."""
    SHORT = "short"
    """A watch that ended at once and said nothing."""


class RequestFailed(Exception):
    """Why a request gave nothing; `retry_after` are the seconds that the server asked for."""

    def __init__(self, outcome: Outcome, detail: str, retry_after: float = 0.0) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class ApiServer:
    """Where the API server is, where the token stands if it wants one, and whom its certificate must be from."""

    url: str
    token: Path | None = None
    authority: Path | None = None

    @classmethod
    def in_cluster(cls, variables: Mapping[str, str], folder: Path = _FOLDER) -> "ApiServer | None":
        """The server that a pod is told of; None outside of a cluster."""
        host, port = variables.get("KUBERNETES_SERVICE_HOST"), variables.get("KUBERNETES_SERVICE_PORT", "443")
        if not host:
            return None
        return cls(
            f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}", folder / "token", folder / "ca.crt"
        )

    def client(self) -> "httpx.AsyncClient":
        """A client that trusts this server alone; OSError when the authority's file cannot be read."""
        import httpx  # noqa: PLC0415 - settings name servers, and most nodes ask none

        trust: ssl.SSLContext | bool = False
        if self.url.startswith("https:"):
            trust = ssl.create_default_context(cafile=self.authority and os.fspath(self.authority))
        timeout = httpx.Timeout(None, connect=_CONNECT_SECONDS)
        return httpx.AsyncClient(base_url=self.url, verify=trust, trust_env=False, timeout=timeout)

    def headers(self, accept: str) -> dict[str, str]:
        """What goes with a request. The token is read each time: the kubelet replaces it before it expires."""
        found = read_credentials(self.token)
        if isinstance(found, Failed):
            raise RequestFailed(Outcome.TOKEN, found.detail)
        return {**found, "Accept": accept, "Accept-Encoding": "identity", "User-Agent": "emberline-exporter"}


async def document(
    client: "httpx.AsyncClient", path: str, parameters: Mapping[str, str], headers: Mapping[str, str], deadline: float
) -> Document:
    """The JSON object at a path, whole within `deadline` seconds."""
    async with _answer(client, path, parameters, headers, deadline) as response:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > PAGE_BYTES:
                raise RequestFailed(Outcome.TOO_LARGE, f"more than {PAGE_BYTES} bytes")
    return await asyncio.to_thread(parse, bytes(body))


async def lines(
    client: "httpx.AsyncClient", path: str, parameters: Mapping[str, str], headers: Mapping[str, str], deadline: float
) -> AsyncGenerator[bytes, None]:
    """The lines of an answer that goes on for at most `deadline` seconds."""
    async with _answer(client, path, parameters, headers, deadline) as response:
        rest = b""
        async for chunk in response.aiter_raw():
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                if line.strip():
                    yield line
            if len(rest) > LINE_BYTES:
                raise RequestFailed(Outcome.TOO_LARGE, f"an event of more than {LINE_BYTES} bytes")


def parse(body: bytes) -> Document:
    """A JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestFailed(Outcome.GARBAGE, f"not JSON: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise RequestFailed(Outcome.GARBAGE, f"a JSON object was expected, not {type(found).__name__}")
    return found


@asynccontextmanager
async def _answer(
    client: "httpx.AsyncClient", path: str, parameters: Mapping[str, str], headers: Mapping[str, str], deadline: float
) -> AsyncIterator["httpx.Response"]:
    import httpx  # noqa: PLC0415 - as above

    try:
        async with (
            asyncio.timeout(deadline),
            client.stream("GET", path, params=dict(parameters), headers=dict(headers)) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise RequestFailed(outcome_of(response.status_code), f"HTTP {response.status_code}", _wish(response))
            yield response
    except (httpx.TimeoutException, TimeoutError) as error:
        raise RequestFailed(Outcome.TIMEOUT, f"not within {deadline:g} s") from error
    except httpx.HTTPError as error:
        raise RequestFailed(Outcome.UNREACHABLE, f"{type(error).__name__}: {str(error)[:160]}") from error


def outcome_of(status: int) -> Outcome:
    """What a status other than 200 means, of an answer or inside an event."""
    return {
        401: Outcome.UNAUTHORIZED,
        403: Outcome.FORBIDDEN,
        404: Outcome.NOT_FOUND,
        410: Outcome.GONE,
        429: Outcome.RATE_LIMITED,
    }.get(status, Outcome.HTTP_STATUS)


def _wish(response: "httpx.Response") -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), LONGEST_RETRY_AFTER) if text.isascii() and text.isdigit() else 0.0
