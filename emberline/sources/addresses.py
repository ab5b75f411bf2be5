"""Targets of which each address of their host is scraped: the pods behind a headless Service, which come and go."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from emberline.sources.target import Target
from exporter.settings import Address
from slo.selector import labels_of

EVERY: Final = 30.0
"""Seconds between two lookups, as in Prometheus."""
MOST: Final = 1_000
"""Addresses of a name that are scraped."""

Lookup: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a name; OSError where there are none."""


async def lookup(host: str) -> Sequence[str]:
    """What the machine's resolver says, each address once."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return sorted({str(address[4][0]) for address in found})


class Addresses:
    """Targets as they stand in the file, and those to scrape.

    A name that cannot be looked up keeps the addresses it had; one that never could is scraped by its name, so that
    the failure shows.
    """

    def __init__(self, targets: Iterable[Target], look: Lookup = lookup) -> None:
        self._targets = tuple(targets)
        self._look = look
        self._known: dict[str, Sequence[str]] = {}

    async def now(self) -> tuple[Target, ...]:
        """One target for each address as of this moment, the others as they are."""
        names = {_name(target) for target in self._targets if target.each_address}
        await asyncio.gather(*map(self._renew, names))
        return tuple(each for target in self._targets for each in self._of(target))

    async def follow(self, watch: Callable[[Iterable[Target]], None], every: float = EVERY) -> None:
        """Tell `watch` of them every so many seconds until cancelled."""
        while any(target.each_address for target in self._targets):
            await asyncio.sleep(every)
            watch(await self.now())

    async def _renew(self, name: str) -> None:
        try:
            self._known[name] = (await self._look(name))[:MOST]
        except (OSError, UnicodeError):
            self._known.setdefault(name, ())

    def _of(self, target: Target) -> tuple[Target, ...]:
        known = self._known.get(_name(target), ()) if target.each_address else ()
        return tuple(_at(target, address) for address in known) or (target,)


def _name(target: Target) -> str:
    return str(urlsplit(target.url).hostname)


def _at(target: Target, address: str) -> Target:
    """The target at one address, which is its `instance`."""
    parts = urlsplit(target.url)
    place = str(Address(address, parts.port or 80))
    labels = labels_of({**target.label, "instance": place})
    return replace(target, url=urlunsplit(parts._replace(netloc=place)), labels=labels)
