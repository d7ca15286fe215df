"""Catalog records as rows: a column for each field, every version kept where versions matter."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert

from partnerships.records import (
    Account,
    Agreement,
    Budget,
    Campaign,
    CatalogRecord,
    Exclusion,
    Link,
    Objective,
    Record,
    ReferrerHost,
    ServerKey,
    Site,
    Standing,
    Terms,
)
from partnerships.store import tables

R = TypeVar("R", bound=Record)


class _Kept(NamedTuple):
    """`versions`: all of them are kept; else the newest replaces the one before."""

    table: Table
    versions: bool = False


KEPT: Final[dict[type[Record], _Kept]] = {
    Account: _Kept(tables.accounts),
    Site: _Kept(tables.sites),
    Objective: _Kept(tables.objective_versions, versions=True),
    Agreement: _Kept(tables.agreements),
    Standing: _Kept(tables.standings, versions=True),
    Terms: _Kept(tables.terms, versions=True),
    Budget: _Kept(tables.budgets, versions=True),
    Link: _Kept(tables.links),
    Campaign: _Kept(tables.campaigns),
    ReferrerHost: _Kept(tables.referrers),
    Exclusion: _Kept(tables.exclusions),
    ServerKey: _Kept(tables.server_keys),
}


def write_record(connection: Connection, record: CatalogRecord) -> None:
    """Keep a new version of a record; one that is kept already is an IntegrityError."""
    table, versions = KEPT[type(record)]
    values = _values(record)
    statement = insert(table).values(values)
    if isinstance(record, Objective):
        objective = insert(tables.objectives).values(id=record.id, site_id=record.site_id)
        connection.execute(objective.on_conflict_do_nothing())
    if not versions:
        statement = statement.on_conflict_do_update(index_elements=["id"], set_=values)
    connection.execute(statement)


def move_record(connection: Connection, record: Objective | Standing | Terms) -> None:
    """Set when a kept version begins to hold."""
    table = KEPT[type(record)].table
    connection.execute(
        table.update()
        .where(table.c.id == record.id, table.c.version == record.version)
        .values(effective_from_ms=record.effective_from_ms)
    )


def read_records(connection: Connection, kind: type[R], *conditions: Any) -> Iterator[R]:
    """The records of a kind, in the order of id and version; sequences are not kept here."""
    table = KEPT[kind].table
    names = list(_fields(kind))
    query = select(*(table.c[name] for name in names)).where(*conditions)
    for row in connection.execute(query.order_by(table.c.id, table.c.version)):
        yield msgspec.convert(dict(zip(names, row, strict=True)), kind)


def read_all(connection: Connection, kinds: Iterable[type[Record]] = KEPT) -> Iterator[Any]:
    """The records of several kinds."""
    for kind in kinds:
        yield from read_records(connection, kind)


def _fields(kind: type[Record]) -> Iterator[str]:
    return (name for name in kind.__struct_fields__ if name != "sequence")


def _values(record: CatalogRecord) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in _fields(type(record))}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
