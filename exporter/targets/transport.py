"""HTTP connections to servers that may mean harm: nothing they send holds the event loop for long.

An HTTP parser works through all it is given before anyone else gets a turn, and 64 KiB can hold thousands of
`100 Continue` answers. Read in sips, a stream leaves room between them for our own page.
"""

import ssl
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

import httpcore
import httpx

SIP_BYTES: Final = 4096

if find_spec("sniffio") is None:
    # httpcore tries to import it several times a request; where it is not, each search of the path costs a third of
    # the request. None makes the import fail at once, with the same error.
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class Sipping(httpx.AsyncHTTPTransport):
    """A transport without proxies that reads `SIP_BYTES` at a time; `idle` is how many connections are kept.

    With an `address` every connection goes there, and only TLS and the headers know the name in the URL. `tls` may be a
    context; without any, no authority is trusted, which spares the time to read them.
    """

    def __init__(self, idle: int | None, address: str | None = None, *, tls: ssl.SSLContext | bool = True) -> None:
        context = tls if isinstance(tls, ssl.SSLContext) else _context(trusting=tls)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context, max_connections=None, max_keepalive_connections=idle, network_backend=_Network(address)
        )


def _context(*, trusting: bool) -> ssl.SSLContext:
    return ssl.create_default_context() if trusting else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Network(httpcore.AnyIOBackend):
    def __init__(self, address: str | None) -> None:
        self._address = address

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Sips(await super().connect_tcp(self._address or host, port, timeout, local_address, socket_options))


class _Sips(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._stream.read(min(max_bytes, SIP_BYTES), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return _Sips(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
