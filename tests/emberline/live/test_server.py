"""Where the pages are served: an address, or every one of this machine."""

import asyncio
import socket

import httpx
import pytest
from aiohttp import web

from emberline.failure import Failure
from emberline.live.server import served


async def found(host: str, *addresses: str) -> list[int]:
    """The status that each of these addresses answers with, at the port that was told."""
    async with served(web.Application(), host, 0) as url, httpx.AsyncClient() as client:
        port = url.rpartition(":")[2]
        return [(await client.get(f"http://{address}:{port}/")).status_code for address in addresses]


def test_without_a_host_every_address_has_the_one_port_that_is_told() -> None:
    families = ["127.0.0.1", *(["[::1]"] if socket.has_dualstack_ipv6() else [])]
    assert asyncio.run(found("", *families)) == [404] * len(families)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_an_address_of_ipv6_is_told_as_urls_have_it() -> None:
    assert asyncio.run(found("::1", "[::1]")) == [404]


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "203.0.113.7", "\0"])
def test_where_nobody_can_listen_is_one_message(host: str) -> None:
    with pytest.raises(Failure, match=r"^cannot listen on .*:0: "):
        asyncio.run(found(host))
