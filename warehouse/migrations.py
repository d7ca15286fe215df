"""Brings a database's tables to this program's version, each numbered file once, in order.

A file's statements may be repeated (`IF NOT EXISTS`), and it is recorded after all of them: a
migration killed half-way is applied again from its first statement.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from warehouse.errors import SchemaBehind, SchemaError
from warehouse.store import Store

FOLDER: Final = Path(__file__).parent / "schema"

_RECORDS: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations
(
    number UInt32 COMMENT 'Number of the migration',
    name String COMMENT 'Its name',
    digest String COMMENT 'SHA-256 of its statements',
    applied_at DateTime('UTC') DEFAULT now() COMMENT 'When it was applied, by the server''s clock'
)
ENGINE = ReplacingMergeTree
ORDER BY number
COMMENT 'Which versions of the schema were applied'
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `schema/`: `0002_facts.sql` is number 2, name `facts`."""

    number: int
    name: str
    statements: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Of the statements alone: comments may be mended."""
        return sha256("\n;\n".join(self.statements).encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations there are, in order, numbered from 1 without gaps."""
    found = [_read(path) for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))]
    numbers = [migration.number for migration in found]
    assert numbers == list(range(1, len(found) + 1)), (
        f"migrations are not numbered 1, 2, …: {numbers}"
    )
    return found


def migrate(store: Store, known: Sequence[Migration] | None = None) -> list[Migration]:
    """Applies what is missing and returns it. Raises SchemaError, before changing anything, when
    the database is newer than this program or was made by other statements."""
    known = migrations() if known is None else known
    store.execute(_RECORDS)
    done = _applied(store)
    _refuse_foreign(done, known)
    missing = [migration for migration in known if migration.number not in done]
    for migration in missing:
        for statement in migration.statements:
            store.execute(statement)
        store.insert(
            "schema_migrations",
            ("number", "name", "digest"),
            ([migration.number], [migration.name], [migration.digest]),
        )
    return missing


def check(store: Store) -> None:
    """Raises SchemaBehind or SchemaError unless the database is of this program's version."""
    known = migrations()
    done = _applied(store) if _has_records(store) else {}
    _refuse_foreign(done, known)
    if len(done) < len(known):
        raise SchemaBehind(
            f"The database has version {len(done)}, this program needs {len(known)}: "
            "run `python -m warehouse migrate`."
        )


def statements_of(text: str) -> tuple[str, ...]:
    """The statements of a file: each ends with `;` at the end of a line; `--` lines are dropped."""
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return tuple(part.strip() for part in re.split(r";[ \t]*(?:\n|$)", kept) if part.strip())


def _read(path: Path) -> Migration:
    number, _, name = path.stem.partition("_")
    return Migration(int(number), name, statements_of(path.read_text()))


def _has_records(store: Store) -> bool:
    return bool(store.execute("EXISTS TABLE schema_migrations").rows[0][0])


def _applied(store: Store) -> dict[int, str]:
    rows = store.execute("SELECT number, digest FROM schema_migrations FINAL").rows
    return {int(number): str(digest) for number, digest in rows}


def _refuse_foreign(done: dict[int, str], known: Sequence[Migration]) -> None:
    newest = max(done, default=0)
    if newest > len(known):
        raise SchemaError(
            f"The database has version {newest}, this program knows {len(known)}: it was written "
            "by a newer Counterfoil. Use that one, or another database."
        )
    for migration in known:
        if done.get(migration.number, migration.digest) != migration.digest:
            raise SchemaError(
                f"Migration {migration.number} ({migration.name}) differs from the one that was "
                "applied to this database. Applied migrations never change: add a new one."
            )
