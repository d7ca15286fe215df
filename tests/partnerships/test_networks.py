"""A network is recognised by its keyed hash, at both widths, and never by its address."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.networks import (
    NetworkKey,
    UnusableRange,
    client_network,
    network_hashes,
    parse_range,
    range_hash,
)

KEY = NetworkKey("k1", b"s" * 32)


def test_a_client_is_hashed_at_both_widths_as_a_range_is() -> None:
    assert network_hashes("203.0.113.7", KEY) == (
        range_hash("203.0.113.7/32", KEY),
        range_hash("203.0.113.0/24", KEY),
    )
    assert network_hashes("2001:db8:1:2:3::4", KEY) == (
        range_hash("2001:db8:1:2::/64", KEY),
        range_hash("2001:db8:1::/48", KEY),
    )


def test_a_hash_is_the_published_function_of_key_and_network() -> None:
    assert range_hash("203.0.113.7/32", KEY) == "k1:c67adf78f12fb885cb5b849649090d44"


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_its_ipv4_address(address: IPv4Address) -> None:
    assert network_hashes(f"::ffff:{address}", KEY) == network_hashes(str(address), KEY)
    assert client_network(f"::ffff:{address}") == client_network(str(address))


@given(st.ip_addresses(v=6))
def test_one_ipv6_household_is_one_network(address: IPv6Address) -> None:
    if address.ipv4_mapped:
        return
    neighbour = IPv6Address(int(address) ^ 1)
    assert network_hashes(str(neighbour), KEY) == network_hashes(str(address), KEY)


@given(st.ip_addresses(v=4))
def test_another_key_gives_another_hash_and_no_hash_shows_the_address(address: IPv4Address) -> None:
    ours = network_hashes(str(address), KEY)
    theirs = network_hashes(str(address), NetworkKey("k2", b"t" * 32))
    assert not {text.partition(":")[2] for text in ours} & {t.partition(":")[2] for t in theirs}
    assert not any(str(address) in text for text in ours)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.9.9"),
        *("::1", "fd00::1", "fe80::1", "fe80::1%eth0", "::ffff:10.0.0.1"),
    ],
)
def test_local_addresses_are_never_matched(address: str) -> None:
    assert network_hashes(address, KEY) == ()


def test_neighbours_of_the_private_ranges_are_matched() -> None:
    for address in ("172.32.0.1", "100.128.0.1", "9.255.255.255", "192.169.0.1", "2001:db8::1"):
        assert len(network_hashes(address, KEY)) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("203.0.113.0/25", "must be exactly /32 or /24"),
        ("203.0.113.7/24", "is not a range such as"),
        ("2001:db8::/56", "must be exactly /64 or /48"),
        ("2001:db8::1/128", "must be exactly /64 or /48"),
        ("10.0.0.0/24", "is a private or local range"),
        ("::ffff:203.0.113.7/128", "is an IPv4 range"),
        ("office", "is not a range such as"),
    ],
)
def test_an_unusable_range_says_why(text: str, why: str) -> None:
    with pytest.raises(UnusableRange, match=why):
        parse_range(text)


def test_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="not-an-address"):
        network_hashes("not-an-address", KEY)


def test_a_secret_is_not_shown() -> None:
    assert "sss" not in repr(KEY)
