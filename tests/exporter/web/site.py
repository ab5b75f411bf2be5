"""The real server on a free port, in a thread of its own, with what it holds given by the test."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from exporter.page import Page
from exporter.settings import Address
from exporter.web.server import Listening, serving
from native.exposition import Family, Sample

DATA = Path(__file__).resolve().parents[2] / "data" / "web-config"
FREE = Address("127.0.0.1", 0)


class Gpus:
    """A stand-in as small as the seam: what it holds is what the test gave it."""

    settled = True

    def __init__(self, *families: Family) -> None:
        self.held = families
        self.version = 0

    def families(self, at: float) -> tuple[Family, ...]:
        del at
        return self.held

    def now(self, *families: Family) -> None:
        """Hold something new."""
        self.held = families
        self.version += 1


def gauge(name: str = "g", count: int = 1, **labels: str) -> Family:
    """A family of so many series."""
    samples = (Sample(name, (("n", str(number)), *labels.items()), float(number)) for number in range(count))
    return Family(name, "gauge", "help", tuple(samples))


@contextmanager
def site(page: Page | None = None, **given: Any) -> Iterator[Listening]:  # noqa: ANN401 - typed by serving
    """`exporter.web.server.serving` with what it takes besides page and address; ended, and joined, with the block."""
    started: Future[tuple[Listening, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(page or Page(Gpus(gauge()), ()), given, started)))
    thread.start()
    try:
        listening, loop, stop = started.result(10)
        try:
            yield listening
        finally:
            loop.call_soon_threadsafe(stop.set)
    finally:
        thread.join(20)
        assert not thread.is_alive()


async def _serve(page: Page, given: dict[str, Any], started: Future[Any]) -> None:
    stop = asyncio.Event()
    try:
        async with serving(page, FREE, **given) as listening:
            started.set_result((listening, asyncio.get_running_loop(), stop))
            await stop.wait()
    except BaseException as error:
        if not started.done():
            started.set_exception(error)
            return
        raise


def trusting(certificate: str = "", *, authority: str = "ca.pem") -> httpx.Client:
    """A client that trusts the test authority, with its certificate if one is named."""
    context = ssl.create_default_context(cafile=DATA / authority)
    if certificate:
        context.load_cert_chain(DATA / f"{certificate}.pem", DATA / f"{certificate}.key")
    return httpx.Client(verify=context, timeout=10)
