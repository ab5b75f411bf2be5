"""The status page over HTTP: the page, its JSON, and two health endpoints."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from emberline.clock import wall_clock
from emberline.failure import Failure
from emberline.live.document import document
from emberline.live.page import render
from emberline.live.present import view
from emberline.live.snapshot import Snapshot
from exporter.server_log import server_log

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def application(latest: Callable[[], Snapshot | None]) -> web.Application:
    """The routes; `latest` answers with the newest snapshot, None before the first evaluation."""

    async def page(_request: web.Request) -> web.Response:
        text = render(view(_ready(latest), wall_clock()))
        return web.Response(text=text, content_type="text/html", headers=_HEADERS)

    async def status(_request: web.Request) -> web.Response:
        return web.Response(text=document(_ready(latest)), content_type="application/json", headers=_HEADERS)

    async def healthy(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(_request: web.Request) -> web.Response:
        _ready(latest)
        return web.Response(text="ok\n")

    app = web.Application()
    app.add_routes([
        web.get("/", page),
        web.get("/status.json", status),
        web.get("/-/healthy", healthy),
        web.get("/-/ready", ready),
    ])  # fmt: skip
    return app


@asynccontextmanager
async def served(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """The base URL while the application is served; port 0 takes a free one.

    Failure when the address cannot be had.
    """
    runner = web.AppRunner(app, access_log=None, logger=server_log(__name__))
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise Failure(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _ready(latest: Callable[[], Snapshot | None]) -> Snapshot:
    snapshot = latest()
    if snapshot is None:
        raise web.HTTPServiceUnavailable(text="the first evaluation is still running\n")
    return snapshot
