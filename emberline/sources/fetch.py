"""One page over HTTP, bounded in bytes and time."""

import asyncio
from typing import Final

import httpx

from emberline.sources.access import Tls
from emberline.sources.target import Target
from exporter.stamp import Stamp
from exporter.targets.answer import Failed
from exporter.targets.transport import Sipping
from native.exposition import Exposition, ExpositionError, Format, Limits, format_of, parse
from slo.duration import Duration

LONGEST: Final = Duration.parse("10s")
"""No scrape takes longer, nor longer than its interval."""
_HEADERS: Final = {
    "Accept": "text/plain;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8,*/*;q=0.1",
    "Accept-Encoding": "identity",
    "User-Agent": "emberline",
}


class Unscraped(Exception):
    """A scrape that brought no page; the message says why."""


class Clients:
    """Clients that follow no redirect and ask no proxy, one for each way of TLS; the time limit is that of `scrape`."""

    def __init__(self) -> None:
        self._usual = _client(Sipping(idle=None))
        self._others: dict[Tls, tuple[tuple[Stamp, ...], httpx.AsyncClient]] = {}

    def of(self, tls: Tls | None) -> httpx.AsyncClient:
        """The client for a way of TLS, made anew once a file of it was replaced; OSError where one cannot be used.

        It keeps no connection open, so that the one before it needs no end.
        """
        if tls is None:
            return self._usual
        stamps = tls.stamps()
        held = self._others.get(tls)
        if held is None or held[0] != stamps:
            held = self._others[tls] = stamps, _client(Sipping(idle=0, tls=tls.context()))
        return held[1]

    async def aclose(self) -> None:
        """End every connection."""
        for http in (self._usual, *(http for _, http in self._others.values())):
            await http.aclose()


def _client(transport: Sipping) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, follow_redirects=False, trust_env=False, timeout=None)  # noqa: S113


async def scrape(clients: Clients, target: Target, limits: Limits) -> Exposition:
    """The page of a target, or Unscraped."""
    seconds = min(target.interval, LONGEST).seconds
    try:
        async with asyncio.timeout(seconds):
            body, page_format = await _fetch(clients.of(target.access.tls), target, limits.body_bytes)
        return parse(body, limits, page_format)
    except TimeoutError as error:
        raise Unscraped(f"no complete answer within {seconds:g} s") from error
    except ExpositionError as error:
        raise Unscraped(f"not a metrics page: {error}") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unscraped(str(error) or type(error).__name__) from error


async def _fetch(http: httpx.AsyncClient, target: Target, limit: int) -> tuple[bytes, Format]:
    """The page and its format, which is for the target to choose."""
    credentials = target.access.headers()
    if isinstance(credentials, Failed):
        raise Unscraped(credentials.detail)
    headers = {**_HEADERS, **credentials}
    async with http.stream("GET", target.url, headers=headers, extensions=target.access.extensions()) as response:
        if response.status_code != httpx.codes.OK:
            raise Unscraped(f"HTTP status {response.status_code}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Unscraped("a compressed answer, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > limit:
                raise Unscraped(f"more than {limit} bytes")
        return bytes(body), format_of(response.headers.get("Content-Type"))
