"""Keyed hashes of a client's network: the same one is recognised, no address can be read back.

Both widths are hashed: IPv4 /32 and /24, IPv6 /64 and /48 (rules.md §5).
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

WIDTHS: Final = {4: (32, 24), 6: (64, 48)}
"""Prefix lengths that are hashed and may be declared, by IP version; the exact one first."""

_HASH_BYTES: Final = 16


def _ranges(*texts: str) -> tuple[tuple[int, int], ...]:
    networks = map(ip_network, texts)
    return tuple((int(each[0]), int(each[-1])) for each in networks)


# Not `is_private`, which also holds for documentation and benchmark ranges. None is narrower than
# what is hashed (::/64 is the /64 of ::1), so a network lies wholly inside or outside.
_NEVER_MATCHED: Final = {
    4: _ranges(
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        "169.254.0.0/16",
    ),
    6: _ranges("::/64", "fc00::/7", "fe80::/10"),
}


class UnusableRange(ValueError):
    """The text is no range that can be matched; the message is a sentence for who typed it."""


@dataclass(frozen=True, slots=True)
class NetworkKey:
    """A secret that keys network hashes; `id` tells hashes of different keys apart."""

    id: str
    secret: bytes = field(repr=False)


def client_network(address: str) -> Network:
    """The /32, or the IPv6 /64, of a client; mapped IPv4 counts as IPv4; raises ValueError."""
    client = _client(address)
    if isinstance(client, IPv4Address):
        return IPv4Network(client)
    return IPv6Network((_masked(client, WIDTHS[6][0]), WIDTHS[6][0]))


def is_matched(network: Network) -> bool:
    """Whether visits from here can be anyone's own: not loopback, private, shared, link-local."""
    return _is_matched(network.version, int(network.network_address))


def _is_matched(version: int, address: int) -> bool:
    return not any(first <= address <= last for first, last in _NEVER_MATCHED[version])


def network_hashes(address: str, key: NetworkKey) -> tuple[str, ...]:
    """`KEYID:HEX` of both widths, the exact one first; raises ValueError for no address.

    Addresses whose networks are never matched have no hashes.
    """
    client = _client(address)
    if not _is_matched(client.version, int(client)):
        return ()
    return tuple(
        _hash(client.version, width, type(client)(_masked(client, width)), key)
        for width in WIDTHS[client.version]
    )


def parse_range(text: str) -> Network:
    """A declared range, exactly of one of the widths; raises UnusableRange."""
    try:
        network: Network = ip_network(text.strip())
    except ValueError as error:
        raise UnusableRange(
            f"{text!r} is not a range such as 203.0.113.7/32, 203.0.113.0/24 or 2001:db8:1:2::/64"
        ) from error
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
        raise UnusableRange(f"{text!r} is an IPv4 range: write it as one")
    if network.prefixlen not in WIDTHS[network.version]:
        allowed = " or ".join(f"/{width}" for width in WIDTHS[network.version])
        raise UnusableRange(f"{text!r} must be exactly {allowed}")
    if not is_matched(network):
        raise UnusableRange(f"{text!r} is a private or local range, which is never matched")
    return network


def range_hash(cidr: str, key: NetworkKey) -> str:
    """`KEYID:HEX` of a declared range; raises UnusableRange."""
    network = parse_range(cidr)
    return _hash(network.version, network.prefixlen, network.network_address, key)


def _client(address: str) -> Address:
    client = ip_address(address)
    return (client.version == 6 and client.ipv4_mapped) or client


def _masked(client: Address, width: int) -> int:
    hidden = client.max_prefixlen - width
    return int(client) >> hidden << hidden


def _hash(version: int, width: int, network_address: Address, key: NetworkKey) -> str:
    text = f"{version}/{width}:{network_address}"
    digest = blake2b(text.encode(), key=key.secret, digest_size=_HASH_BYTES)
    return f"{key.id}:{digest.hexdigest()}"
