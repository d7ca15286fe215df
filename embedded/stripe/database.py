"""The file of the practice ledger: one SQLite database, on disk before any answer leaves."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "stripe.sqlite3"
FORMAT = 1

# Fields that lists can be filtered by; each has an index.
FILTERS = (
    "customer",
    "destination",
    "email",
    "payment_intent",
    "source",
    "source_transaction",
    "transfer_group",
    "type",
)

SCHEMA = f"""
CREATE TABLE objects (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX objects_by_kind ON objects (kind, sequence);
CREATE TABLE answers (
    idempotency_key TEXT PRIMARY KEY,
    created INTEGER NOT NULL,
    address TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX answers_by_age ON answers (created);
CREATE TABLE clock (advanced_seconds INTEGER NOT NULL) STRICT;
INSERT INTO clock VALUES (0);
PRAGMA user_version = {FORMAT};
""" + "".join(
    f"CREATE INDEX objects_by_{field} ON objects (kind, body ->> '$.{field}', sequence);\n"
    for field in FILTERS
)


class ForeignFormat(Exception):
    """The file was written by another version of the practice Stripe."""


def open_database(directory: Path) -> sqlite3.Connection:
    """Open the ledger in `directory`, making it when it is not there.

    Raises ForeignFormat when another version wrote it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / FILE_NAME
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit is on the disk when it returns, so an answer survives a power cut too.
    connection.execute("PRAGMA synchronous = FULL")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    elif found != FORMAT:
        raise ForeignFormat(
            f"{path} has format {found}, this version reads format {FORMAT}. "
            "Move the file away to begin with an empty practice ledger."
        )
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block is committed, or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
