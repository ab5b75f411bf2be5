"""The HTTP face: every answer comes from what is held and waits for nobody."""

import gzip
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import hdrs, web

from exporter.page import Page
from exporter.server_log import server_log
from exporter.settings import Address

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
"""Mandatory: Prometheus 3 refuses a page without it."""

_LANDING: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Emberline exporter</title>
<h1>Emberline exporter</h1>
<ul>
<li><a href="/metrics">/metrics</a>: GPUs, vLLM and Milvus for Prometheus
<li><a href="/-/healthy">/-/healthy</a>: this process turns
<li><a href="/-/ready">/-/ready</a>: everything configured was collected once, or failed
</ul>
</html>
"""
_WORTH_COMPRESSING: Final = 1024
_FASTEST: Final = 1
_IDLE_SECONDS: Final = 90.0
"""A connection that sends no whole request for so long is closed; scrapers that come every minute keep theirs."""
_HEAD_BYTES: Final = 8190


class CannotListenError(Exception):
    """The address is taken, not ours, or does not exist; the text says which."""


def application(page: Page) -> web.Application:
    """The routes; HEAD works wherever GET does."""

    async def metrics(request: web.Request) -> web.Response:
        return _compressed(request, page.render())

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="healthy\n")

    async def ready(_: web.Request) -> web.Response:
        pending = page.pending()
        if pending:
            return web.Response(status=503, text="".join(f"waiting for {name}\n" for name in pending))
        return web.Response(text="ready\n")

    async def landing(_: web.Request) -> web.Response:
        return web.Response(text=_LANDING, content_type="text/html")

    app = web.Application(client_max_size=_HEAD_BYTES)
    app.router.add_get("/", landing)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)
    return app


@asynccontextmanager
async def serving(page: Page, listen: Address, idle_seconds: float = _IDLE_SECONDS) -> AsyncIterator[Address]:
    """The server while it runs, and where it listens in fact."""
    runner = web.AppRunner(
        application(page),
        access_log=None,
        logger=server_log(__name__),
        keepalive_timeout=idle_seconds,
        lingering_time=1,
        max_line_size=_HEAD_BYTES,
        max_field_size=_HEAD_BYTES,
        shutdown_timeout=1,
    )
    await runner.setup()
    try:
        await _listen(runner, listen)
        host, port = runner.addresses[0][:2]
        yield Address(host, port)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, listen: Address) -> None:
    try:
        await web.TCPSite(runner, listen.host or None, listen.port).start()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise CannotListenError(f"cannot listen on {listen}: {why}") from error


def _compressed(request: web.Request, body: bytes) -> web.Response:
    headers = {hdrs.CONTENT_TYPE: TEXT, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if len(body) >= _WORTH_COMPRESSING and _accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        body = gzip.compress(body, _FASTEST, mtime=0)
    return web.Response(body=body, headers=headers)


def _accepts_gzip(header: str) -> bool:
    """Whether the client asks for gzip by name and not with weight zero (RFC 9110 §12.5.3)."""
    for coding in header.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").removeprefix("q=").rstrip("0.") != "" or not weight
    return False
