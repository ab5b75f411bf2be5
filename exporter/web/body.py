"""The page's bytes as they are sent: compressed once for everybody, and not on the event loop."""

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from exporter.page import Page
from exporter.web.negotiation import Negotiated
from exporter.web.ready import wire

_WORTH_COMPRESSING: Final = 1024
_SHORT: Final = 32 << 10
"""Bytes that are compressed in less time than a thread takes to be asked."""
_FASTEST: Final = 1
_KEPT: Final = 16

Fields = tuple[tuple[str, str], ...]
Key = tuple[Negotiated, Fields]


class Bodies:
    """The page in every form that was asked for, compressed at most once, and the whole answers made of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._threads = ThreadPoolExecutor(1, "gzip")
        self._compressed: dict[Negotiated, tuple[bytes, asyncio.Future[bytes]]] = {}
        self._wires: dict[Key, tuple[bytes, bytes]] = {}

    def ready(self, asked: Negotiated, extra: Fields) -> bytes | None:
        """The whole answer, head included, if the page did not change since it was made; `extra` fields in its head."""
        held = self._wires.get((asked, extra))
        return held[1] if held is not None and held[0] is self.page.render(asked.form) else None

    def keep(self, asked: Negotiated, extra: Fields, page: bytes, body: bytes, fields: Fields) -> bytes:
        """The whole answer of a page that was just made, for those who ask next; `body` is what is sent of it."""
        if len(self._wires) >= _KEPT:
            self._wires.clear()
        answer = wire(body, (*fields, *extra))
        self._wires[asked, extra] = (page, answer)
        return answer

    def worth_compressing(self, asked: Negotiated, page: bytes) -> bool:
        """Whether this page is sent in gzip."""
        return asked.gzip and len(page) >= _WORTH_COMPRESSING

    async def compressed(self, asked: Negotiated, page: bytes) -> bytes:
        """The page in gzip."""
        held = self._compressed.get(asked)
        if held is None or held[0] is not page or held[1].cancelled():
            if len(self._compressed) >= _KEPT:
                self._compressed.clear()
            held = self._compressed[asked] = (page, self._compress(page))
        return held[1].result() if held[1].done() else await asyncio.shield(held[1])

    def close(self) -> None:
        """End the thread."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _compress(self, page: bytes) -> asyncio.Future[bytes]:
        loop = asyncio.get_running_loop()
        if len(page) > _SHORT:
            return loop.run_in_executor(self._threads, _gzip, page)
        done: asyncio.Future[bytes] = loop.create_future()
        done.set_result(_gzip(page))
        return done


def _gzip(page: bytes) -> bytes:
    return gzip.compress(page, _FASTEST, mtime=0)
