"""Raw samples over the HTTP API that Prometheus, Mimir, Thanos and VictoriaMetrics share.

An instant query for `selector[range]` answers with the samples themselves, at their exact timestamps and without
the marks of staleness, which no range function reads either. History is fetched backwards from its end, in spans
whose answers stay near `_WANTED` samples: a first short one tells how dense the series are. Where they are denser
than they were later, a server refuses or answers without end; then shorter spans are asked for.
"""

import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Final, Self

import httpx

from emberline.sources.fetched import Fetched, Pieces
from emberline.sources.matrix import NoMatrix, Series, error_text, printable, read_matrix
from emberline.sources.source import SourceError
from rules.promql import Expr, text, vector
from slo.duration import Duration
from slo.selector import Selector
from slo.vector import Grid

_FIRST: Final = Duration.parse("1h")
_GROWTH: Final = 24
_WANTED: Final = 1_000_000
_LIMIT_BYTES: Final = 1 << 28
_SECONDS: Final = 120.0
"""For one answer; between two pieces of it half as long, to connect 5 s."""


class _TooMuch(SourceError):
    """An answer beyond the limits of the server, or of this module: a shorter span may be within them."""


class Prometheus:
    """A server by its base URL, such as `http://127.0.0.1:9090`; `headers` go with each request. Close it after use.

    One fetch brings `limit` samples at most: the default takes 1 GiB of memory.
    """

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, limit: int = 1 << 26) -> None:
        self.url = url.rstrip("/")
        self._limit = limit
        self._http = httpx.Client(headers=headers, timeout=httpx.Timeout(_SECONDS / 2, connect=5.0), trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def fetch(self, selectors: Iterable[Selector], start: int, end: int) -> Fetched:
        """Every sample of the selectors in (start, end], in ms since the epoch; SourceError if not all can be had."""
        room = self._limit
        found = {}
        for selector in dict.fromkeys(selectors):
            pieces = self._backwards(selector, start, end, room)
            room -= pieces.samples
            found[selector] = pieces.tracks()
        return Fetched(found)

    def query(self, expression: Expr, grid: Grid) -> list[Series]:
        """The values of an expression at every time of the grid at which it has one, evaluated by the server."""
        start, end, step = (f"{ms / 1000:.3f}" for ms in (int(grid.times[0]), grid.end, grid.step))
        return self._matrix("/api/v1/query_range", query=text(expression), start=start, end=end, step=step)

    def _backwards(self, selector: Selector, start: int, end: int, room: int) -> Pieces:
        pieces = Pieces(selector.metric)
        span = min(_FIRST.ms, end - start)
        while end > start:
            before = pieces.samples
            try:
                found = self._range(selector, end - span, end)
            except _TooMuch:
                if span <= _FIRST.ms:
                    raise
                span = max(span // _GROWTH, _FIRST.ms)
                continue
            for series in found:
                pieces.add(series)
            if pieces.samples > room:
                raise SourceError(f"{self.url}: more than {self._limit} samples; evaluate fewer SLOs at once")
            end -= span
            fitting = span * _WANTED // max(1, pieces.samples - before)
            span = min(max(fitting, 1), span * _GROWTH, end - start)
        return pieces

    def _range(self, selector: Selector, start: int, end: int) -> list[Series]:
        query = text(vector(selector, Duration(end - start)))
        found = self._matrix("/api/v1/query", query=query, time=f"{end / 1000:.3f}")
        return [series.within(start, end) for series in found]

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
            refused = _TooMuch if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY else SourceError
            raise refused(f"{self.url}: {_refusal(response.status_code, body)}")
        return body

    def _body(self, response: httpx.Response) -> bytes:
        deadline = time.monotonic() + _SECONDS
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _LIMIT_BYTES:
                raise _TooMuch(f"{self.url}: an answer of more than {_LIMIT_BYTES} bytes")
            if time.monotonic() > deadline:
                raise SourceError(f"{self.url}: no complete answer within {_SECONDS:g} s")
        return bytes(body)


def _refusal(status: int, body: bytes) -> str:
    said = error_text(body) or body.decode(errors="replace").strip() or httpx.codes.get_reason_phrase(status)
    return f"HTTP status {status}: {printable(said)}"
