"""The servers while they run: the site itself, and health on an address of its own for those without a certificate."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from exporter.page import Page
from exporter.server_log import server_log
from exporter.settings import Address
from exporter.targets.probe import Prober
from exporter.web.answers import Answer, Health, Site, sent
from exporter.web.body import Bodies
from exporter.web.connections import Door, Encrypt, Encryption, Patience, Refused
from exporter.web.reload import BrokenConfigError, Reloading, load

_HEAD_BYTES: Final = 8190
_FIELDS: Final = 64
_BACKLOG: Final = 128
_PATIENCE: Final = Patience()
_TURNS: Final = 4
"""Of the event loop: an accepted connection reaches the door after less, and a closed one its end."""


class CannotListenError(Exception):
    """The address is taken, not ours, or does not exist, or the web configuration is bad; the text says which."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the servers listen in fact, and whether the site speaks TLS."""

    address: Address
    encrypted: bool
    health: Address | None

    @property
    def url(self) -> str:
        """Of the site."""
        return f"{'https' if self.encrypted else 'http'}://{self.address}"


@asynccontextmanager
async def serving(
    page: Page,
    listen: Address,
    *,
    config: Path | None = None,
    health: Address | None = None,
    prober: Prober | None = None,
    patience: Patience = _PATIENCE,
) -> AsyncIterator[Listening]:
    """The servers while they run; `config` is the web configuration, `health` an address without any of it.

    `prober` answers /probe, which is not there without.
    """
    async with AsyncExitStack() as stack:
        reloading = None if config is None else _reloading(config)
        bodies = Bodies(page)
        site = Site(bodies, reloading, prober)
        for part in (bodies, site):
            stack.callback(part.close)
        encrypted = reloading is not None and reloading.encrypted
        encrypt = _encrypt(reloading) if reloading is not None and encrypted else None
        address = await stack.enter_async_context(_serving(site.answer, listen, patience, encrypt))
        answer = Health(page.pending, lambda: False).answer
        where = None if health is None else await stack.enter_async_context(_serving(answer, health, patience))
        yield Listening(address, encrypted, where)


def _reloading(config: Path) -> Reloading:
    try:
        return Reloading(config, load(config))
    except BrokenConfigError as error:
        raise CannotListenError(str(error)) from error


def _encrypt(reloading: Reloading) -> Encrypt:
    async def encrypt() -> Encryption:
        try:
            held = await reloading.current()
        except BrokenConfigError as error:
            raise Refused from error
        if held.context is None or held.config.tls is None:
            raise Refused
        return Encryption(held.context, held.config.tls.allowed_sans)

    return encrypt


@asynccontextmanager
async def _serving(
    answer: Answer, listen: Address, patience: Patience, encrypt: Encrypt | None = None
) -> AsyncIterator[Address]:
    door: Door

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await _handled(answer, request, door)

    door = Door(_server(handle, patience), patience, encrypt)
    loop = asyncio.get_running_loop()
    try:
        listener = await loop.create_server(door, listen.host or None, listen.port, backlog=_BACKLOG)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise CannotListenError(f"cannot listen on {listen}: {why}") from error
    sweeper = loop.create_task(door.sweep())
    try:
        yield Address(*listener.sockets[0].getsockname()[:2])
    finally:
        listener.close()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper
        await door.close()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        await listener.wait_closed()


def _server(handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], patience: Patience) -> web.Server:
    return web.Server(
        handle,
        access_log=None,
        logger=server_log(__name__),
        keepalive_timeout=patience.idle,
        lingering_time=1,
        auto_decompress=False,  # nobody reads a request's body
        max_line_size=_HEAD_BYTES,
        max_field_size=_HEAD_BYTES,
        max_headers=_FIELDS,
    )


async def _handled(answer: Answer, request: web.BaseRequest, door: Door) -> web.StreamResponse:
    """The answer, sent before this returns, so that the deadline covers a client that reads slowly."""
    transport = request.transport
    door.begins(transport)
    try:
        return await sent(request, await answer(request))
    finally:
        door.ends(transport)
