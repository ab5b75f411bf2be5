"""A small real server whose behaviour a test changes while it runs."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

GOOD = b'# TYPE x counter\nx{a="1"} 1\nx{a="2"} 2\n'
TEXT = {"Content-Type": "text/plain; version=0.0.4"}
DEADLINE = 20.0


class Pages:
    """What `/metrics` answers: set `answer` to one of the methods, or to the bytes of a page."""

    def __init__(self) -> None:
        self.answer: bytes | Callable[[web.Request], Awaitable[web.StreamResponse]] = GOOD
        self.headers: list[dict[str, str]] = []
        self.address = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        if isinstance(self.answer, bytes):
            return web.Response(body=self.answer, headers=TEXT)
        return await self.answer(request)

    async def broken(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=500, body=GOOD)

    async def elsewhere(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": f"{self.address}/good"})

    async def good(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=GOOD)

    async def packed(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(GOOD), headers={"Content-Encoding": "gzip"})

    async def openmetrics(self, _request: web.Request) -> web.StreamResponse:
        body = b'# TYPE x counter\nx_total{a="1"} 5 # {trace="t"} 1\n# EOF\n'
        return web.Response(body=body, headers={"Content-Type": "application/openmetrics-text; version=1.0.0"})

    async def hanging(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(DEADLINE)
        return await self.good(request)

    async def dripping(self, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, b"x 1\n", pause=0.05)

    async def endless(self, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, b"x 1\n" * 16_384, pause=0.0)

    async def _stream(self, request: web.Request, chunk: bytes, pause: float) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async with asyncio.timeout(DEADLINE):
            while True:
                await response.write(chunk)
                await asyncio.sleep(pause)


@asynccontextmanager
async def serving(pages: Pages, port: int = 0) -> AsyncIterator[str]:
    """The address of a server with these pages, while the context lasts."""
    app = web.Application()
    app.router.add_get("/metrics", pages.handle)
    app.router.add_get("/good", pages.good)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        pages.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield pages.address
    finally:
        await runner.cleanup()


async def until(question: Callable[[], bool]) -> None:
    """Return once the answer is yes; a TimeoutError ends the test otherwise."""
    async with asyncio.timeout(DEADLINE):
        while not question():  # noqa: ASYNC110 - the questions are about state that announces nothing
            await asyncio.sleep(0.02)
