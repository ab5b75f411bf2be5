"""The HTTP client of the probes: what weighs of it is imported with the first of them, never by a node without any."""

import asyncio
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import httpx


class Client(Protocol):
    """Answers requests; every transport of httpx does."""

    async def handle_async_request(self, request: "httpx.Request") -> "httpx.Response":
        """The response, its body not read yet."""


async def ready() -> None:
    """Import the HTTP client, in a thread: it takes longer than any page may wait."""
    await asyncio.to_thread(import_module, "exporter.targets.exchange")


class Deferred:
    """A client without cookies, redirects, proxies or memory of connections, made by its first request."""

    def __init__(self, address: str | None, *, tls: bool) -> None:
        self._address = address
        self._tls = tls
        self._made: httpx.AsyncHTTPTransport | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        if self._made is not None:
            await self._made.aclose()

    async def handle_async_request(self, request: "httpx.Request") -> "httpx.Response":
        """The response, its body not read yet."""
        if self._made is None:
            from exporter.targets.transport import Sipping  # noqa: PLC0415 - only now is it needed

            self._made = Sipping(idle=0, address=self._address, tls=self._tls)
        return await self._made.handle_async_request(request)
