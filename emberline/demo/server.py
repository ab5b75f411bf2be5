"""The fleet on loopback: one small HTTP server per component, each page rendered for the moment it is asked for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import numpy as np
from aiohttp import web

from emberline.demo.component import Component
from emberline.demo.fleet import INTERVAL, Fleet, target
from emberline.sources.target import Target
from exporter.server_log import server_log
from native.exposition import Layout, render
from slo.duration import Duration

_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Served:
    """A component that answers at `address` (`http://host:port`), and how to scrape it."""

    component: Component
    address: str
    target: Target


@asynccontextmanager
async def serve(
    fleet: Fleet, clock: Callable[[], int], interval: Duration = INTERVAL
) -> AsyncIterator[tuple[Served, ...]]:
    """Every component of the fleet, served while the context lasts; `clock` tells milliseconds since the epoch."""
    async with AsyncExitStack() as stack:
        yield tuple([await _start(component, clock, interval, stack) for component in fleet.components])


async def _start(component: Component, clock: Callable[[], int], interval: Duration, stack: AsyncExitStack) -> Served:
    runner = web.AppRunner(_application(component, clock), access_log=None, logger=server_log(__name__))
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, _HOST, 0).start()
    host, port = runner.addresses[0]
    address = f"http://{host}:{port}"
    return Served(component, address, target(component, address, interval))


def _application(component: Component, clock: Callable[[], int]) -> web.Application:
    app = web.Application()
    layout = Layout.of(component.families)

    async def metrics(_request: web.Request) -> web.Response:
        values = component.values(np.array([clock()], np.int64))
        body = render(layout, memoryview(values.tobytes()).cast("d"))
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app.router.add_get("/metrics", metrics)
    for path, text in component.answers:
        app.router.add_get(path, _answer(text))
    return app


def _answer(text: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    kind = "application/json" if text.startswith("{") else "text/plain"

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=kind)

    return answer
