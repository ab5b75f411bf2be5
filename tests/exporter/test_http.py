import asyncio
import time

import httpx
import pytest

from exporter.http import serving
from exporter.page import Page
from exporter.settings import Address
from native.exposition import Family, Sample


class Gpus:
    """A stand-in as small as the seam: what it holds is what the test gave it."""

    settled = True

    def __init__(self, *families: Family) -> None:
        self.held = families

    def families(self, at: float) -> tuple[Family, ...]:
        del at
        return self.held


@pytest.mark.parametrize("sent", [b"", b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_client_that_never_finishes_its_request_is_cut_off(sent: bytes) -> None:
    async def visit() -> float:
        async with serving(Page(Gpus(), ()), Address("127.0.0.1", 0), idle_seconds=0.2) as address:
            reader, writer = await asyncio.open_connection(address.host, address.port)
            writer.write(sent)
            began = time.monotonic()
            async with asyncio.timeout(10):
                assert await reader.read() == b""
            writer.close()
            return time.monotonic() - began

    assert asyncio.run(visit()) < 5


def test_a_page_shows_new_values_new_series_and_series_that_went() -> None:
    gpus = Gpus()
    page = Page(gpus, ())

    def gauge(**values: float) -> bytes:
        samples = tuple(Sample("g", (("l", label),), value) for label, value in values.items())
        gpus.held = (Family("g", "gauge", "help", samples),) if samples else ()
        return b"".join(line + b"\n" for line in page.render().splitlines() if line.startswith(b"g{"))

    assert gauge(a=1) == b'g{l="a"} 1\n'
    assert gauge(a=2) == b'g{l="a"} 2\n'
    assert gauge(a=2, b=3) == b'g{l="a"} 2\ng{l="b"} 3\n'
    assert gauge(b=4) == b'g{l="b"} 4\n'
    assert gauge() == b""


@pytest.mark.parametrize("sent", [b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\r\n\r\n"])
def test_a_bad_request_is_answered_and_not_logged(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def visit() -> bytes:
        async with serving(Page(Gpus(), ()), Address("127.0.0.1", 0)) as address:
            reader, writer = await asyncio.open_connection(address.host, address.port)
            writer.write(sent)
            async with asyncio.timeout(10):
                answer = await reader.readline()
            writer.close()
            return answer

    assert b" 400 " in asyncio.run(visit())
    assert caplog.records == []


def test_a_fault_of_the_page_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    gpus = Gpus()
    gpus.held = (Family("g", "gauge", "help", (Sample("g", (("l", "\ud800"),), 1.0),)),)

    async def visit() -> int:
        async with serving(Page(gpus, ()), Address("127.0.0.1", 0)) as address, httpx.AsyncClient() as client:
            return (await client.get(f"http://{address}/metrics")).status_code

    assert asyncio.run(visit()) == 500
    assert [record.name for record in caplog.records] == ["exporter.http"]
