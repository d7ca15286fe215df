"""The lines of a Kafka record, each decoded or shown to be unreadable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from ingest.events import PIN_HEADER

T = TypeVar("T")


class Envelope(NamedTuple):
    """One record of a source topic. `pin`: the catalog's sequence in its header, 0 without one."""

    topic: str
    partition: int
    offset: int
    value: bytes
    pin: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is not what its topic holds, and why."""

    reason: str


def decoded(
    value: bytes, whole: Callable[[bytes], Sequence[T]], single: Callable[[bytes], T]
) -> Sequence[T | Unreadable]:
    """All lines in their order; the fast way, unless one of them is broken."""
    try:
        return whole(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [_one(line, single) for line in value.split(b"\n")]


def pin_of(headers: object) -> int:
    """The catalog pin among a record's headers; 0 when there is none that is a number."""
    pairs = headers.items() if isinstance(headers, dict) else headers
    for name, value in pairs or ():  # type: ignore[attr-defined]
        if name == PIN_HEADER and isinstance(value, bytes) and value.isdigit():
            return int(value)
    return 0


def _one(line: bytes, single: Callable[[bytes], T]) -> T | Unreadable:
    try:
        return single(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Unreadable(str(error))
