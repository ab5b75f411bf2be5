"""/probe?target=…&module=…: one look at a server that a scraper names, within a policy.

The name is resolved once, every address it has must be allowed, and the connection goes to the address that was
checked, so that a second answer of the name server cannot send us elsewhere. Redirects are not followed, nothing but
the probes' own paths is asked, and what comes back is our page about the target, not its bytes (`relay` aside).
"""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from exporter.metric import gather
from exporter.targets.fetch import transport
from exporter.targets.policy import Address, Module, Policy
from exporter.targets.relay import Relay
from exporter.targets.target import Target
from exporter.targets.watch import Watch
from native.exposition import encode

CONCURRENT: Final = 8
_CHARACTERS: Final = 512
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a target was not probed, as an HTTP status and one line that tells nothing about the network."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """A target as it was named."""

    scheme: str
    host: str
    port: int

    def url(self, port: int | None = None) -> str:
        """The address without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port if port is None else port}"


Resolve = Callable[[str, int], Awaitable[tuple[Address, ...]]]


async def resolve(host: str, port: int) -> tuple[Address, ...]:
    """Every address of a name; none if it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found)


class Prober:
    """The probes of a process: at most `CONCURRENT` at a time."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._running = 0

    async def probe(self, target: str, module: str, patience: float | None = None) -> bytes | Refusal:
        """The page about a target in text format 0.0.4, within `patience` seconds; or why there is none."""
        if self._running >= CONCURRENT:
            return Refusal(503, f"{CONCURRENT} probes are running already")
        self._running += 1
        try:
            return await probe(target, module, self._policy, patience=patience)
        finally:
            self._running -= 1


async def probe(
    target: str, module: str, policy: Policy, resolver: Resolve = resolve, patience: float | None = None
) -> bytes | Refusal:
    """The page about a target; `patience` (seconds) can shorten what the module allows, and not prolong it."""
    how = policy.modules.get(module)
    if how is None:
        return Refusal(400, "no such module")
    place = named(target)
    if isinstance(place, Refusal):
        return place
    seconds = how.timeout if patience is None else max(0.1, min(how.timeout, patience))
    began = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            addresses = await resolver(place.host, place.port)
    except TimeoutError:
        addresses = ()
    if not addresses:
        return Refusal(502, "the name of the target does not resolve")
    ports = (place.port, how.rest_port) if how.kind == "milvus" else (place.port,)
    if not all(policy.permits(place.scheme, address, port) for address in addresses for port in ports):
        return Refusal(403, "the target is not on the allow-list")
    return await _look(place, how, max(0.1, seconds - (time.monotonic() - began)), addresses[0])


def named(target: str) -> Place | Refusal:
    """The place that a target names: `host:port` or `http(s)://host:port`, and nothing more."""
    if len(target) > _CHARACTERS or not (target.isascii() and target.isprintable()) or " " in target:
        return Refusal(400, "the target is no address")
    try:
        parts = urlsplit(target if "://" in target else f"http://{target}")
        port = parts.port
    except ValueError:
        return Refusal(400, "the target is no address")
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        return Refusal(400, "the target is no http or https address")
    if "@" in parts.netloc or parts.path.strip("/") or "?" in target or "#" in target or "\\" in target:
        return Refusal(400, "the target must be scheme, host and port alone")
    return Place(parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port)


async def _look(place: Place, how: Module, seconds: float, address: Address) -> bytes:
    """One look at every endpoint at once; it has no memory, so that nobody is starting and nothing stands still."""
    url = place.url()
    target = Target(
        how.kind,
        url.partition("://")[2],
        url,
        place.url(how.rest_port),
        interval=seconds,
        timeout=seconds,
        credentials_file=how.credentials_file,
        starting_for=0.0,
        moves=False,
        relay=how.relay,
    )
    async with transport(str(address), tls=place.scheme == "https") as client:
        watch = Watch(target, client, quiet=True)
        began = time.monotonic()
        await watch.once()
        relay = Relay((watch,))
        body = relay.body()
        own = encode(gather((*watch.points(), *relay.points(), *watch.took(time.monotonic() - began))))
    return own + body
