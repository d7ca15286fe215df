"""The store: reads, and changes that are kept and announced together or not at all.

Changes wait for each other at one row, which numbers them: the order of sequences is the order of
commits, and a change that fails leaves no gap (rules.md §6).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, create_engine, insert, select, text

from partnerships.catalog import Catalog, View
from partnerships.records import CatalogRecord, decode, encode, key_of
from partnerships.store import tables
from partnerships.store.rows import read_all, write_record

CHANNEL: Final = "partnerships_outbox"
"""What the database notifies when a change has something to announce."""

_POOL: Final = 5
_CONNECT_SECONDS: Final = 10


class Change:
    """One transaction of changes; `connection` is for what the catalog does not carry."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._announced: list[tuple[CatalogRecord, bool]] = []

    def publish(self, record: CatalogRecord, *, from_publication: bool = False) -> None:
        """Keep a new version of a record and announce it.

        `from_publication`: it shall not hold before its announcement, whatever it says itself.
        """
        write_record(self.connection, record)
        self._announced.append((record, from_publication))

    def keep(self, record: CatalogRecord) -> None:
        """Keep a record that nobody is told of yet."""
        write_record(self.connection, record)

    def view(self) -> View:
        """Everything kept, as this transaction sees it."""
        return View(read_all(self.connection))

    def _number(self, last: int) -> int:
        rows = []
        for sequence, (record, from_publication) in enumerate(self._announced, last + 1):
            numbered = replace(record, sequence=sequence)
            rows.append(
                {
                    "sequence": sequence,
                    "key": key_of(numbered),
                    "value": encode(numbered),
                    "from_publication": from_publication,
                }
            )
        if rows:
            self.connection.execute(insert(tables.outbox), rows)
            self.connection.execute(
                tables.numbering.update().values(last_sequence=last + len(rows))
            )
            self.connection.execute(text(f"NOTIFY {CHANNEL}"))
        return last + len(rows)


class Store:
    """PostgreSQL behind the use cases; one per process, shared by its threads."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=_POOL,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS},
        )

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose queries all see the same moment."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """A transaction that excludes every other change until it is committed."""
        with self.engine.begin() as connection:
            last = connection.scalar(select(tables.numbering.c.last_sequence).with_for_update())
            assert last is not None, "the migration puts one row into numbering"
            change = Change(connection)
            yield change
            change._number(last)

    def view(self) -> View:
        """Everything kept, at one moment."""
        with self.reading() as connection:
            return View(read_all(connection))

    def sequence(self) -> int:
        """The greatest sequence given so far."""
        with self.reading() as connection:
            return connection.scalar(select(tables.numbering.c.last_sequence)) or 0

    def catalog(self) -> Catalog:
        """The catalog as its readers will see it once all is announced."""
        with self.reading() as connection:
            query = select(tables.outbox.c.value).order_by(tables.outbox.c.sequence)
            return Catalog(map(decode, connection.scalars(query)))
