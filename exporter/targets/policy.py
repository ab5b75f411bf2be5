"""What /probe may reach: addresses, ports and schemes that somebody allowed, checked after the name was resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

from exporter.targets.target import Kind

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Allowed:
    """Networks that may be reached at some ports with some schemes."""

    networks: tuple[Network, ...]
    ports: frozenset[int]
    schemes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Module:
    """How a probed target is asked: its kind, seconds for each endpoint, and a credentials file of our own."""

    kind: Kind
    timeout: float = 3.0
    credentials_file: Path | None = None
    rest_port: int = 19_530
    relay: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that /probe may do; empty, it may do nothing."""

    allowed: tuple[Allowed, ...] = ()
    modules: Mapping[str, Module] = field(default_factory=dict)

    def permits(self, scheme: str, address: Address, port: int) -> bool:
        """Whether an entry allows it.

        Addresses that mean the machine itself or its link (loopback, link-local with the metadata service of clouds,
        unspecified, multicast) need an entry whose network is of that kind too: `0.0.0.0/0` does not hold them.
        """
        address = _plain(address)
        return any(
            scheme in entry.schemes and port in entry.ports and any(_holds(net, address) for net in entry.networks)
            for entry in self.allowed
        )


def _plain(address: Address) -> Address:
    """An IPv4 address in IPv6 clothes (`::ffff:127.0.0.1`) as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _holds(network: Network, address: Address) -> bool:
    return address in network and _special(address) == _special(network)


def _special(what: Address | Network) -> tuple[bool, ...]:
    tunnelled = isinstance(what, IPv6Address) and (what.sixtofour is not None or what.teredo is not None)
    return (what.is_loopback, what.is_link_local, what.is_unspecified, what.is_multicast, tunnelled)
