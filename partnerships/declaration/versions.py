"""The next version of a record, if it differs from the newest one known."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from partnerships.declaration.writes import Change, Outcome, Write
from partnerships.records import Record

R = TypeVar("R", bound=Record)


def next_version(known: R | None, wanted: R) -> R | None:
    """`wanted` with the version it gets; None when it says nothing new."""
    if known is None:
        return wanted
    if msgspec.structs.replace(wanted, version=known.version, sequence=known.sequence) == known:
        return None
    return msgspec.structs.replace(wanted, version=known.version + 1)


def change(table: str, object_id: str, writes: Sequence[Write], *, is_new: bool) -> Change:
    """What these writes mean for an object."""
    outcome: Outcome = "unchanged" if not writes else "created" if is_new else "changed"
    return Change(table, object_id, outcome, tuple(writes))
