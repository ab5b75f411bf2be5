"""What is answered to whom: paths, methods, users, limits. Every answer comes from what is held."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from aiohttp import hdrs, web

from exporter.targets.probe import Prober, Refusal
from exporter.web import deadline
from exporter.web.body import Bodies, Fields
from exporter.web.landing import landing
from exporter.web.negotiation import negotiate
from exporter.web.rate import Bucket
from exporter.web.ready import Ready, takes
from exporter.web.reload import BrokenConfigError, Held, Reloading
from exporter.web.users import Busy, Gatekeeper

_PAGE: Final = "/metrics"
_PROBE: Final = "/probe"
AT_ONCE: Final = 40
"""Pages on their way at the same time, as in dcgm-exporter's relatives; more are told to come again."""
_ERROR_HEADERS: Final = {"X-Content-Type-Options": "nosniff"}
_SERVER: Final = "emberline"
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_LONGEST_PROBE: Final = 9.0
"""Seconds: the connection of a request is closed after ten."""
_VARY: Final = "Accept, Accept-Encoding"
_METHODS: Final = {"GET", "HEAD"}
_POLICY: Final = {"Content-Security-Policy": "default-src 'none'"}

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer of one line, as Go's `http.Error` gives it."""
    return web.Response(status=status, text=f"{text}\n", headers={**_ERROR_HEADERS, **(headers or {})})


async def sent(request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
    """The answer once the client has it, or has gone, which aiohttp finds out by itself."""
    if not isinstance(response, Ready):
        response.headers.setdefault(hdrs.SERVER, _SERVER)
    with suppress(ConnectionError):
        await response.prepare(request)
        await response.write_eof()
    return response


class Health:
    """`/health`, `/-/healthy` and `/-/ready`: for a kubelet, so without users, limits or secrets.

    `open_book`: whether readiness may say what it waits for, which names configured servers.
    """

    def __init__(self, pending: Callable[[], tuple[str, ...]], open_book: Callable[[], bool]) -> None:
        self._pending = pending
        self._open_book = open_book
        self.paths: Mapping[str, Callable[[], web.Response]] = {
            "/health": self._healthy,
            "/-/healthy": self._healthy,
            "/-/ready": self._ready,
        }

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """These paths alone."""
        found = self.paths.get(request.path)
        if found is None:
            return plain(404, "404 page not found")
        return found() if request.method in _METHODS else _wrong_method()

    def _healthy(self) -> web.Response:
        return web.Response(text="healthy\n")

    def _ready(self) -> web.Response:
        pending = self._pending()
        if not pending:
            return web.Response(text="ready\n")
        waiting = pending if self._open_book() else ("what is configured",)
        return web.Response(status=503, text="".join(f"waiting for {name}\n" for name in waiting))


class Site:
    """Every path, behind the web configuration if there is one; /probe is one where there is a prober."""

    def __init__(self, bodies: Bodies, web_config: Reloading | None, prober: Prober | None = None) -> None:
        self._bodies = bodies
        self._config = web_config
        self._gatekeeper = Gatekeeper()
        self._bucket: Bucket | None = None
        self._under_way = 0
        self._health = Health(bodies.page.pending, self._unguarded)
        self._paths: Mapping[str, Answer] = {_PAGE: self._page, "/": self._landing}
        if prober is not None:
            self._paths = {**self._paths, _PROBE: partial(_probed, prober)}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to any request; one with a page is sent within the bound on such."""
        if request.path not in (_PAGE, _PROBE):
            return await self._guarded(request)
        if self._under_way >= AT_ONCE:
            text = f"Limit of concurrent requests reached ({AT_ONCE}), try again later."
            return plain(503, text, {hdrs.RETRY_AFTER: "1"})
        self._under_way += 1
        try:
            return await sent(request, await self._guarded(request))
        finally:
            self._under_way -= 1

    async def _guarded(self, request: web.BaseRequest) -> web.StreamResponse:
        """As upstream, in its order: configuration, rate, headers, users; then the path."""
        if self._config is None:
            return await self._route(request)
        if request.path in self._health.paths:
            return self._dressed(await self._health.answer(request), self._config.last)
        try:
            async with asyncio.timeout(_patience(request)):
                held = await self._config.current()
                refusal = self._refusal(held)
                if refusal is not None:
                    return refusal
                intruder = await self._intruder(held, request)
        except BrokenConfigError:
            return plain(500, "Internal Server Error")
        except TimeoutError:
            return plain(503, "no decision in time", {hdrs.RETRY_AFTER: "1"})
        return self._dressed(await self._route(request) if intruder is None else intruder, held)

    def close(self) -> None:
        """End what checks passwords."""
        self._gatekeeper.close()

    def _refusal(self, held: Held) -> web.Response | None:
        now = time.monotonic()
        if self._bucket is None or self._bucket.rate != held.config.rate:
            self._bucket = Bucket(held.config.rate, now)
        return None if self._bucket.take(now) else plain(429, "Too Many Requests")

    async def _intruder(self, held: Held, request: web.BaseRequest) -> web.Response | None:
        """The answer to one who is none of the users; None for a user."""
        if not held.users:
            return None
        try:
            if await self._gatekeeper.admits(held.users, request.headers.get(hdrs.AUTHORIZATION, "")):
                return None
        except Busy:
            return plain(503, "too many passwords wait for their check", {hdrs.RETRY_AFTER: "1"})
        return plain(401, "Unauthorized", {hdrs.WWW_AUTHENTICATE: "Basic"})

    def _dressed(self, response: web.StreamResponse, held: Held | None) -> web.StreamResponse:
        if held is not None and not isinstance(response, Ready):
            response.headers.update(held.config.headers)
        return response

    def _unguarded(self) -> bool:
        """Whether anybody may read the page."""
        if self._config is None:
            return True
        held = self._config.last
        if held is None or held.users:
            return False
        return held.config.tls is None or held.config.tls.client_auth != "RequireAndVerifyClientCert"

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        found = self._paths.get(request.path)
        if found is None:
            return await self._health.answer(request)
        return await found(request) if request.method in _METHODS else _wrong_method()

    async def _landing(self, _: web.BaseRequest) -> web.Response:
        return web.Response(text=landing(self._bodies.page), content_type="text/html", headers=_POLICY)

    async def _page(self, request: web.BaseRequest) -> web.StreamResponse:
        accept, coding = (request.headers.get(name, "") for name in (hdrs.ACCEPT, hdrs.ACCEPT_ENCODING))
        asked = negotiate(accept, coding, self._bodies.page.offered)
        extra = self._extra()
        usual = takes(request)
        answer = self._bodies.ready(asked, extra) if usual else None
        if answer is not None:
            return Ready(answer)
        page = body = self._bodies.page.render(asked.form)
        fields = [(hdrs.CONTENT_TYPE, asked.content_type), (hdrs.VARY, _VARY), (hdrs.SERVER, _SERVER)]
        if self._bodies.worth_compressing(asked, page):
            try:
                async with asyncio.timeout(_patience(request)):
                    body = await self._bodies.compressed(asked, page)
                fields.append((hdrs.CONTENT_ENCODING, "gzip"))
            except TimeoutError:
                usual = False  # it goes out as it is, in time, and nobody else gets it
        if usual:
            return Ready(self._bodies.keep(asked, extra, page, body, tuple(fields)))
        return web.Response(body=body, headers=dict((*fields, *extra)))

    def _extra(self) -> Fields:
        held = None if self._config is None else self._config.last
        return () if held is None else held.config.headers


async def _probed(prober: Prober, request: web.BaseRequest) -> web.Response:
    """The page about the target that the query names."""
    named = {name: request.query.getall(name, []) for name in ("target", "module")}
    for name, values in named.items():
        if len(values) != 1:
            return plain(400, f"the query must have one {name}")
    (target,), (module,) = named.values()
    found = await prober.probe(target, module, min(_patience(request), _LONGEST_PROBE))
    if isinstance(found, Refusal):
        return plain(found.status, found.reason)
    return web.Response(body=found, headers={hdrs.CONTENT_TYPE: _TEXT})


def _patience(request: web.BaseRequest) -> float:
    return deadline.seconds(request.headers.get(deadline.HEADER))


def _wrong_method() -> web.Response:
    return plain(405, "Method Not Allowed", {hdrs.ALLOW: "GET, HEAD"})
