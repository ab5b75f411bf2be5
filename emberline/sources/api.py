"""The HTTP API that Prometheus, Mimir, Thanos and VictoriaMetrics share: questions, and range vectors as answers."""

import time
from collections.abc import Mapping
from typing import Final

import httpx

from emberline.sources.matrix import NoMatrix, Series, error_text, printable, read_matrix
from emberline.sources.source import SourceError
from slo.vector import Grid

MOST_POINTS: Final = 11_000
"""So many steps may lie in a range query: Prometheus' limit."""
_LIMIT_BYTES: Final = 1 << 28
_SECONDS: Final = 120.0
"""For one answer; between two pieces of it half as long, to connect 5 s."""


class TooMuch(SourceError):
    """An answer beyond the limits of the server, or of this module: a shorter span may be within them."""


class Api:
    """A server by its base URL; `headers` go with each request. Close it after use."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(headers=headers, timeout=httpx.Timeout(_SECONDS / 2, connect=5.0), trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def at(self, query: str, at: int) -> list[Series]:
        """The series of a range vector at a time in ms since the epoch; SourceError where the answer is no use."""
        return self._matrix("/api/v1/query", query=query, time=_seconds(at))

    def over(self, query: str, grid: Grid) -> list[Series]:
        """The values of an instant vector at every time of a grid at which it has one; SourceError as well."""
        start, end, step = map(_seconds, (int(grid.times[0]), grid.end, grid.step))
        found = self._matrix("/api/v1/query_range", query=query, start=start, end=end, step=step)
        for series in found:
            late = grid.end - series.timestamps
            if ((late % grid.step != 0) | (late < 0) | (late // grid.step >= grid.count)).any():
                raise SourceError(f"{self.url}: values at other times than were asked for")
        return found

    def _matrix(self, path: str, **parameters: str) -> list[Series]:
        body = self._get(path, parameters)
        try:
            return read_matrix(body)
        except NoMatrix as error:
            raise SourceError(f"{self.url}: {error}") from error

    def _get(self, path: str, parameters: dict[str, str]) -> bytes:
        try:
            with self._http.stream("GET", self.url + path, params=parameters) as response:
                body = self._body(response)
        except httpx.TimeoutException as error:
            raise SourceError(f"{self.url}: no answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(f"{self.url}: {str(error) or type(error).__name__}") from error
        if response.status_code != httpx.codes.OK:
            refused = TooMuch if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY else SourceError
            raise refused(f"{self.url}: {_refusal(response.status_code, body)}")
        return body

    def _body(self, response: httpx.Response) -> bytes:
        deadline = time.monotonic() + _SECONDS
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _LIMIT_BYTES:
                raise TooMuch(f"{self.url}: an answer of more than {_LIMIT_BYTES} bytes")
            if time.monotonic() > deadline:
                raise SourceError(f"{self.url}: no complete answer within {_SECONDS:g} s")
        return bytes(body)


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}"


def _refusal(status: int, body: bytes) -> str:
    said = error_text(body) or body.decode(errors="replace").strip() or httpx.codes.get_reason_phrase(status)
    return f"HTTP status {status}: {printable(said)}"
