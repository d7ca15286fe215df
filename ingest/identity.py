"""Who a visitor is and which event this is: keyed or plain 128-bit hashes (rules.md §1)."""

from datetime import date
from hashlib import blake2b
from typing import Final

_BYTES: Final = 16


def visitor_key(site: str, first_party_id: str, secret: bytes) -> str:
    """The key of a browser that keeps the tag's id on this site."""
    return _hash(("site|id", site, first_party_id), secret)


def cookieless_key(site: str, network: str, agent: str, day: date, secret: bytes) -> str:
    """The key of a visitor who keeps nothing: it ends with the day, in the advertiser's zone.

    `network`: the exact one (/32 or IPv6 /64) as text.
    """
    return _hash(("day", site, network, agent, day.isoformat()), secret)


def nonce_key(nonce: str, secret: bytes) -> str:
    """The visitor key of a server item that knows the click and nobody else."""
    return _hash(("nonce", nonce), secret)


def server_event_id(owner: str, idempotency_key: str, index: int) -> str:
    """The id of an item of a server call: a repeated call repeats its ids."""
    return _hash(("server", owner, idempotency_key, str(index)))


def logged_event_id(site_key: str, line: bytes, occurrence: int) -> str:
    """The id of a line of an access log, the n-th of equal ones in its file (from 1)."""
    named = f"log,{len(site_key)},{len(line)}\x00{site_key}\x00{occurrence}\x00"
    return _digest(named.encode() + line)


def _hash(parts: tuple[str, ...], secret: bytes = b"") -> str:
    # Lengths keep ("ab", "c") and ("a", "bc") apart, whatever the parts hold.
    lengths = ",".join([str(len(part)) for part in parts])
    text = "\x00".join((lengths, *parts))
    return _digest(text.encode("utf-8", "surrogatepass"), secret)


def _digest(content: bytes, secret: bytes = b"") -> str:
    return blake2b(content, key=secret, digest_size=_BYTES).hexdigest()
