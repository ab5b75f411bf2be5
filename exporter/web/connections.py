"""Connections, each with one deadline: what is slow, idle or too many is cut off, and TLS begins here."""

import asyncio
import socket
import ssl
import struct
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

from aiohttp import web

from exporter.web.tls import alternative_names

_AT_ONCE: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for the first request (and the handshake), for one request with its answer, and between requests."""

    first: float = 10.0
    request: float = 10.0
    idle: float = 90.0
    connections: int = 512
    """How many there may be; beyond, the one whose deadline is nearest makes room."""


@dataclass(frozen=True, slots=True)
class Encryption:
    """The context for a new connection, and which names a client's certificate must hold one of (None: any)."""

    context: ssl.SSLContext
    allowed: frozenset[str] | None


class Refused(Exception):
    """A connection that must not begin."""


Encrypt = Callable[[], Awaitable[Encryption]]
"""What a new connection is encrypted with; raises Refused while there is nothing."""


class Door:
    """Admits connections to an aiohttp server and keeps one deadline for each."""

    def __init__(self, server: web.Server, patience: Patience, encrypt: Encrypt | None = None) -> None:
        self.server = server
        self.patience = patience
        self._encrypt = encrypt
        self._deadlines: dict[asyncio.BaseTransport, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self) -> "Gate":
        """The protocol of one new connection, for `loop.create_server`."""
        return Gate(self)

    def begins(self, transport: asyncio.BaseTransport | None) -> None:
        """A request has come whole."""
        if transport is not None:
            self._deadlines[transport] = time.monotonic() + self.patience.request

    def ends(self, transport: asyncio.BaseTransport | None) -> None:
        """Its answer has been sent."""
        if transport is not None:
            self._deadlines[transport] = time.monotonic() + self.patience.idle

    def admit(self, transport: asyncio.Transport) -> None:
        """Take a connection in; the one that would be cut off first makes room for it."""
        if len(self._deadlines) >= self.patience.connections:
            self._forget_closed()
        if len(self._deadlines) >= self.patience.connections:
            self._cut(min(self._deadlines, key=self._deadlines.__getitem__))
        self._deadlines[transport] = time.monotonic() + self.patience.first

    def encrypted(self, gate: "Gate", transport: asyncio.Transport) -> bool:
        """Whether a handshake begins; the gate is opened once it succeeds."""
        if self._encrypt is None:
            return False
        task = asyncio.get_running_loop().create_task(self._shake_hands(self._encrypt, gate, transport))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def sweep(self) -> None:
        """Cut off what is overdue, until cancelled."""
        shortest = min(self.patience.first, self.patience.request, self.patience.idle)
        while True:
            await asyncio.sleep(min(1.0, shortest / 2))
            self._forget_closed()
            now = time.monotonic()
            for transport in [late for late, deadline in self._deadlines.items() if deadline < now]:
                self._cut(transport)

    async def close(self) -> None:
        """End handshakes, then every connection."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.server.pre_shutdown()
        await self.server.shutdown(1.0)
        for transport in tuple(self._deadlines):
            self._cut(transport)

    def _forget_closed(self) -> None:
        self._deadlines = {it: deadline for it, deadline in self._deadlines.items() if not it.is_closing()}

    def _cut(self, transport: asyncio.BaseTransport) -> None:
        """Forget it with everything still to be sent, which the kernel would keep otherwise."""
        self._deadlines.pop(transport, None)
        if not transport.is_closing():
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        cast("asyncio.Transport", transport).abort()

    async def _shake_hands(self, encrypt: Encrypt, gate: "Gate", transport: asyncio.Transport) -> None:
        """Each step of a handshake takes the event loop a few milliseconds, and silence in between takes nothing."""
        transport.pause_reading()
        with suppress(Refused, OSError):  # ssl's errors are such, and a client's failed handshake is no news
            found = await encrypt()
            secure = await asyncio.get_running_loop().start_tls(
                transport,
                gate,
                found.context,
                server_side=True,
                ssl_handshake_timeout=self.patience.first,
                ssl_shutdown_timeout=1.0,
            )
            if secure is not None and _allowed(found, secure):
                self._deadlines[secure] = self._deadlines.pop(transport, time.monotonic() + self.patience.first)
                gate.open(secure)
                return
        self._deadlines.pop(transport, None)
        transport.abort()


class Gate(asyncio.Protocol):
    """Stands before aiohttp's protocol until the connection may be served, and holds what comes too early."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._early = bytearray()
        self._over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit it, and serve it at once unless TLS comes first."""
        plain = cast("asyncio.Transport", transport)
        self._door.admit(plain)
        if not self._door.encrypted(self, plain):
            self.open(plain)

    def data_received(self, data: bytes) -> None:
        """Keep what follows the handshake in the same turn of the loop."""
        self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is served any more."""
        del exc
        self._over = True

    def open(self, transport: asyncio.Transport) -> None:
        """Hand the connection over to aiohttp."""
        if self._over:
            return
        handler = self._door.server()
        transport.set_protocol(handler)
        handler.connection_made(transport)
        if self._early:
            handler.data_received(bytes(self._early))


def _allowed(encryption: Encryption, transport: asyncio.Transport) -> bool:
    if encryption.allowed is None:
        return True
    certificate = transport.get_extra_info("peercert") or {}
    return not encryption.allowed.isdisjoint(alternative_names(certificate))
