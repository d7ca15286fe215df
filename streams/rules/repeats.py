"""Whether a visitor's event was seen before: the newest 1,024 event ids, 72 hours (rules.md §1).

The memory is one string of bytes, oldest first: per event the watermark in 8 bytes, its id in 16.
"""

from streams.rules.memory import RECENT_EVENTS, RECENT_MS

_STAMP = 8
_ENTRY = _STAMP + 16


def key_of(event_id: str) -> bytes:
    """The 16 bytes of an event id; raises ValueError if it is not 32 hex digits."""
    key = bytes.fromhex(event_id)
    if len(key) != _ENTRY - _STAMP:
        raise ValueError(f"an event id has 32 hex digits: {event_id!r}")
    return key


def fresh(seen: bytes, now_ms: int) -> bytes:
    """The memory without what is older than 72 hours."""
    start = 0
    while start < len(seen) and _dated(seen, start) < now_ms - RECENT_MS:
        start += _ENTRY
    return seen[start:]


def known(seen: bytes, key: bytes) -> bool:
    """Whether this id is in the memory."""
    at = seen.find(key)
    while at >= 0 and at % _ENTRY != _STAMP:
        at = seen.find(key, at + 1)
    return at >= 0


def remembered(seen: bytes, key: bytes, now_ms: int) -> bytes:
    """The memory with this id as its newest."""
    kept = seen[_ENTRY:] if len(seen) >= RECENT_EVENTS * _ENTRY else seen
    return kept + now_ms.to_bytes(_STAMP, "big") + key


def _dated(seen: bytes, start: int) -> int:
    return int.from_bytes(seen[start : start + _STAMP], "big")
