"""One page over HTTP, bounded in bytes and time."""

import asyncio
from typing import Final

import httpx

from emberline.sources.target import Target
from exporter.targets.answer import Failed
from exporter.targets.credentials import read_credentials
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


def client() -> httpx.AsyncClient:
    """A client that follows no redirect and asks no proxy; the time limit is that of `scrape`."""
    return httpx.AsyncClient(transport=Sipping(idle=None), follow_redirects=False, trust_env=False, timeout=None)  # noqa: S113


async def scrape(http: httpx.AsyncClient, target: Target, limits: Limits) -> Exposition:
    """The page of a target, or Unscraped."""
    seconds = min(target.interval, LONGEST).seconds
    try:
        async with asyncio.timeout(seconds):
            body, page_format = await _fetch(http, target, limits.body_bytes)
        return parse(body, limits, page_format)
    except TimeoutError as error:
        raise Unscraped(f"no complete answer within {seconds:g} s") from error
    except ExpositionError as error:
        raise Unscraped(f"not a metrics page: {error}") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unscraped(str(error) or type(error).__name__) from error


async def _fetch(http: httpx.AsyncClient, target: Target, limit: int) -> tuple[bytes, Format]:
    """The page and its format, which is for the target to choose."""
    credentials = read_credentials(target.credentials)
    if isinstance(credentials, Failed):
        raise Unscraped(credentials.detail)
    headers = {**_HEADERS, **credentials}
    async with http.stream("GET", target.url, headers=headers) as response:
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
