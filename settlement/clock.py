"""The room's only clock; everything else is told the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, in UTC, in whole milliseconds."""
    return from_ms(time.time_ns() // 1_000_000)


def from_ms(at_ms: int) -> datetime:
    """The instant of epoch milliseconds."""
    seconds, millis = divmod(at_ms, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=millis * 1000)


def to_ms(at: datetime) -> int:
    """Epoch milliseconds of an aware instant."""
    return int(at.timestamp()) * 1000 + at.microsecond // 1000
