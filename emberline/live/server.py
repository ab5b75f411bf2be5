"""The status pages over HTTP: pages, their JSON, news, runbooks, and two health endpoints."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from emberline.clock import wall_clock
from emberline.failure import Failure
from emberline.live.api import History, asked, ready, routes
from emberline.live.detail import instance_view
from emberline.live.events import Events
from emberline.live.feed import Feed
from emberline.live.page import Rendered, assets, render_instance
from exporter.server_log import server_log
from exporter.settings import Address

_SOURCES: Final = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
RUNBOOKS: Final = _SOURCES if _SOURCES.is_dir() else Path(__file__).resolve().parents[1] / "runbooks"
"""Beside the sources; in an installed wheel, where the build put them."""
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


def application(feed: Feed, history: History, runbooks: Path = RUNBOOKS) -> web.Application:
    """The routes: what they say comes from the newest snapshot of the feed, and is 503 before the first."""
    first = Rendered()

    async def page(_request: web.Request) -> web.Response:
        return _html(first(ready(feed), wall_clock()))

    async def instance(request: web.Request) -> web.Response:
        snapshot = ready(feed)
        result = asked(snapshot, request)
        curve = await history(result.plan, result.labels, snapshot.at)
        return _html(render_instance(instance_view(snapshot, result, curve, wall_clock())))

    async def runbook(request: web.Request) -> web.Response:
        path = runbooks / f"{request.match_info['name']}.md"
        if not path.is_file():
            raise web.HTTPNotFound(text=f"no such runbook: {path.name}\n")
        return web.Response(text=path.read_text("utf-8"), content_type="text/plain")

    async def asset(request: web.Request) -> web.Response:
        found = assets()[request.path[1:]]
        return web.Response(text=found.text, content_type=found.content_type, headers=_FOR_EVER)

    async def healthy(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def is_ready(_request: web.Request) -> web.Response:
        ready(feed)
        return web.Response(text="ok\n")

    async def end(_app: web.Application) -> None:
        await feed.close()

    app = web.Application()
    app.on_response_prepare.append(_guard)
    app.on_shutdown.append(end)
    app.add_routes([
        web.get("/", page),
        web.get("/slo/{row}", instance),
        web.get("/events", Events(feed).answer),
        web.get("/runbooks/{name:[A-Za-z0-9_-]+}.md", runbook),
        *(web.get(f"/{name}", asset) for name in assets()),
        *routes(feed, history),
        web.get("/-/healthy", healthy),
        web.get("/-/ready", is_ready),
    ])  # fmt: skip
    return app


async def _guard(_request: web.Request, response: web.StreamResponse) -> None:
    """Every answer, errors included, says what a browser may do with it."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


@asynccontextmanager
async def served(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """The base URL while the application is served, on this machine; port 0 takes a free one, no host every address.

    Failure when the address cannot be had.
    """
    runner = web.AppRunner(app, access_log=None, logger=server_log(__name__))
    await runner.setup()
    try:
        await _site(runner, host, port).start()
    except (OSError, ValueError) as error:  # ValueError: what is no name of a host
        await runner.cleanup()
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise Failure(f"cannot listen on {Address(host, port)}: {reason}") from error
    try:
        yield f"http://{Address(host or 'localhost', runner.addresses[0][1])}"
    finally:
        await runner.cleanup()


def _site(runner: web.AppRunner, host: str, port: int) -> web.BaseSite:
    """All addresses are one socket, of one port, wherever both families can share one."""
    if host or not socket.has_dualstack_ipv6():
        return web.TCPSite(runner, host, port)
    both = socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return web.SockSite(runner, both)
