"""The fleet on loopback: one small HTTP server per component, each page rendered for the moment it is asked for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import numpy as np
from aiohttp import web

from emberline.demo.component import SIMULATED, Component
from emberline.demo.fleet import Fleet
from emberline.sources.target import Target
from native.exposition import Layout, render
from slo.duration import Duration
from slo.selector import Labels, labels_of

_HOST = "127.0.0.1"
_SCRAPE = Duration.parse("5s")


@dataclass(frozen=True, slots=True)
class Served:
    """A component that answers at `address` (`http://host:port`), and how to scrape it."""

    component: Component
    address: str
    target: Target


@asynccontextmanager
async def serve(
    fleet: Fleet, clock: Callable[[], int], interval: Duration = _SCRAPE
) -> AsyncIterator[tuple[Served, ...]]:
    """Every component of the fleet, served while the context lasts; `clock` tells milliseconds since the epoch."""
    async with AsyncExitStack() as stack:
        yield tuple([await _start(component, clock, interval, stack) for component in fleet.components])


async def _start(component: Component, clock: Callable[[], int], interval: Duration, stack: AsyncExitStack) -> Served:
    runner = web.AppRunner(_application(component, clock), access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, _HOST, 0).start()
    host, port = runner.addresses[0]
    address = f"http://{host}:{port}"
    target = Target(
        component.name, f"{address}/metrics", scraped_labels(component), interval=interval, honor_labels=True
    )
    return Served(component, address, target)


def scraped_labels(component: Component) -> Labels:
    """What a scraper adds: the job, the component's address in a cluster as instance, and that it is simulated."""
    return labels_of({"job": component.name, "instance": component.instance, SIMULATED[0]: SIMULATED[1]})


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
