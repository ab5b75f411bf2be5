"""An answer whose every byte is known before anybody asks: head and body in one piece, written as they are."""

from collections.abc import Iterable
from email.utils import formatdate
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

_PIECE: Final = 256 << 10
"""Bytes handed over at once: what the kernel does not take yet is copied, and the next piece waits."""


def wire(body: bytes, fields: Iterable[tuple[str, str]]) -> bytes:
    """A whole HTTP/1.1 answer that leaves the connection open, with the date of now."""
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return (
        f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(body)}\r\nDate: {formatdate(usegmt=True)}\r\n\r\n".encode()
        + body
    )


def takes(request: web.BaseRequest) -> bool:
    """Whether the request is of the usual kind, which such an answer fits."""
    return request.method == "GET" and request.version == (1, 1) and request.keep_alive


class Ready(web.StreamResponse):
    """Sends bytes of `wire` to a request that `takes` them."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self._answer = answer
        self._request: web.BaseRequest | None = None

    @property
    def keep_alive(self) -> bool:
        """The connection stays."""
        return True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Nothing is sent before the end."""
        if self._answer:
            self._request = request
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Everything at once; ConnectionResetError if the client has gone."""
        del data
        answer, self._answer = self._answer, b""
        if not answer or self._request is None:
            return
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        view = memoryview(answer)
        for start in range(0, len(answer), _PIECE):
            transport.write(view[start : start + _PIECE])
            await self._request.writer.drain()
