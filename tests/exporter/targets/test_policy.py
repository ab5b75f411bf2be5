"""What may be reached is what was allowed, whatever it is called."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.targets.policy import Address, Allowed, Policy
from exporter.targets.probe import Place, named


def policy(port: int, networks: tuple[str, ...]) -> Policy:
    return Policy((Allowed(tuple(map(ip_network, networks)), frozenset({port}), frozenset({"http"})),))


@pytest.mark.parametrize(
    ("network", "address", "permitted"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("0.0.0.0/0", "10.1.2.3", True),
        ("0.0.0.0/0", "127.0.0.1", False),
        ("0.0.0.0/0", "169.254.169.254", False),
        ("0.0.0.0/0", "0.0.0.0", False),  # noqa: S104 - an address to refuse
        ("0.0.0.0/0", "224.0.0.1", False),
        ("127.0.0.0/8", "127.0.0.1", True),
        ("127.0.0.1/32", "::ffff:127.0.0.1", True),
        ("169.254.169.254/32", "169.254.169.254", True),
        ("::/0", "fd00::1", True),
        ("::/0", "::1", False),
        ("::/0", "fe80::1", False),
        ("::/0", "::ffff:127.0.0.1", False),
        ("::/0", "2002:7f00:1::", False),
        ("fd00::/8", "fd00::1", True),
    ],
)
def test_an_address_must_be_allowed_as_what_it_is(network: str, address: str, *, permitted: bool) -> None:
    assert policy(80, (network,)).permits("http", ip_address(address), 80) is permitted
    assert not policy(80, (network,)).permits("http", ip_address(address), 81)
    assert not policy(80, (network,)).permits("https", ip_address(address), 80)


@given(st.ip_addresses())
def test_the_whole_internet_holds_nothing_of_the_machine_itself(address: Address) -> None:
    everything = policy(80, ("0.0.0.0/0", "::/0"))
    if everything.permits("http", address, 80):
        kinds = (address.is_loopback, address.is_link_local, address.is_unspecified, address.is_multicast)
        assert not any(kinds)


@given(st.text(max_size=80))
def test_whatever_is_named_is_a_place_without_a_path_or_refused(target: str) -> None:
    found = named(target)
    if isinstance(found, Place):
        assert named(found.url()) == found
        assert not set("/?#@\\ ") & set(found.host)
