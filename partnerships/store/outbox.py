"""What waits to be announced, in its order; from its first try on, a record's bytes stay.

A record that may not hold before its announcement begins to hold a little after its first try,
so that readers have it by then (rules.md §6).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from msgspec.structs import replace
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from partnerships.records import Objective, Standing, Terms, decode, encode
from partnerships.store import tables
from partnerships.store.rows import move_record
from partnerships.store.store import CHANNEL, Store

AHEAD_MS: Final = 5_000
"""How long after its first try a later version begins to hold: time for it to be read."""

_MOST: Final = 200
_LOCK: Final = "partnerships.announce"


class OutboxUnavailable(Exception):
    """PostgreSQL did not answer; what waits, waits."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One record of the topic, as it is sent every time."""

    sequence: int
    key: bytes
    value: bytes


class Outbox:
    """One announcer's end of the outbox; `listening` makes it the only one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listener: psycopg.Connection[Any] | None = None

    @contextmanager
    def listening(self) -> Iterator[bool]:
        """Whether this announcer is the only one, for as long as the context is open."""
        with _unavailable(), self._store.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            locked = connection.scalar(
                text("SELECT pg_try_advisory_lock(hashtext(:name))"), {"name": _LOCK}
            )
            connection.execute(text(f"LISTEN {CHANNEL}"))
            self._listener = connection.connection.driver_connection
            try:
                yield bool(locked)
            finally:
                self._listener = None
                # The session keeps lock and channel: it must not go back to the pool.
                connection.invalidate()

    def wait(self, seconds: float) -> None:
        """Return when a change has something to announce, or the time is over."""
        assert self._listener is not None, "only a listening outbox hears of changes"
        with _unavailable():
            for _ in self._listener.notifies(timeout=seconds, stop_after=1):
                return

    def freeze(self, now_ms: int) -> list[Announcement]:
        """The records that come next; they may be sent from now on, and only as they are."""
        table = tables.outbox
        with _unavailable(), self._store.engine.begin() as connection:
            rows = connection.execute(
                select(table)
                .where(table.c.published_at.is_(None))
                .order_by(table.c.sequence)
                .limit(_MOST)
            ).all()
            frozen = []
            for row in rows:
                value = row.value
                if row.from_publication and row.frozen_at is None:
                    record = _moved(decode(row.value), now_ms + AHEAD_MS)
                    move_record(connection, record)
                    value = encode(record)
                frozen.append(Announcement(row.sequence, row.key, value))
                if row.frozen_at is None:
                    changed = table.update().where(table.c.sequence == row.sequence)
                    connection.execute(changed.values(value=value, frozen_at=func.now()))
            return frozen

    def mark(self, announced: Sequence[Announcement]) -> None:
        """Remember that these were acknowledged."""
        if not announced:
            return
        table = tables.outbox
        sequences = [each.sequence for each in announced]
        with _unavailable(), self._store.engine.begin() as connection:
            changed = table.update().where(table.c.sequence.in_(sequences))
            connection.execute(changed.values(published_at=func.now()))


def _moved(record: object, earliest_ms: int) -> Objective | Standing | Terms:
    assert isinstance(record, Objective | Standing | Terms), "others hold from their sequence on"
    begins = max(record.effective_from_ms, earliest_ms)
    return replace(record, effective_from_ms=begins)


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        raise OutboxUnavailable(str(error).strip().partition("\n")[0]) from error
