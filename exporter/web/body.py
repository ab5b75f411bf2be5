"""The page's bytes as they are sent: compressed once for everybody, and not on the event loop."""

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from exporter.form import Form
from exporter.page import Page

WORTH_COMPRESSING: Final = 1024
_SHORT: Final = 32 << 10
"""Bytes that are compressed in less time than a thread takes to be asked."""
_FASTEST: Final = 1


class Bodies:
    """The page in every form that was asked for, and each compressed at most once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._threads = ThreadPoolExecutor(1, "gzip")
        self._compressed: dict[Form, tuple[bytes, asyncio.Future[bytes]]] = {}

    def plain(self, form: Form) -> bytes:
        """The page as it is now."""
        return self.page.render(form)

    async def compressed(self, form: Form) -> bytes:
        """The page as it is now, in gzip."""
        body = self.page.render(form)
        held = self._compressed.get(form)
        if held is None or held[0] is not body or held[1].cancelled():
            held = self._compressed[form] = (body, self._compress(body))
        return held[1].result() if held[1].done() else await asyncio.shield(held[1])

    def close(self) -> None:
        """End the thread."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _compress(self, body: bytes) -> asyncio.Future[bytes]:
        loop = asyncio.get_running_loop()
        if len(body) > _SHORT:
            return loop.run_in_executor(self._threads, _gzip, body)
        done: asyncio.Future[bytes] = loop.create_future()
        done.set_result(_gzip(body))
        return done


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _FASTEST, mtime=0)
