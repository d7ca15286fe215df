from dataclasses import replace

import pytest

from streams.facts import REFUSALS
from tests.warehouse.facts_of import conversion
from tests.warehouse.filling import fill
from warehouse import rows
from warehouse.errors import SchemaBehind, SchemaError
from warehouse.migrations import Migration, check, migrate, migrations, statements_of
from warehouse.store import Store
from warehouse.tables import NULLABLE, WIDTHS, Table

TABLES = (
    rows.EVENTS,
    rows.SESSIONS,
    rows.TOUCHES,
    rows.CONVERSIONS,
    rows.DEAD_LETTERS,
    rows.PROGRESS,
)
INTEGERS = {"q": ("Int64", "DateTime64(3, 'UTC')"), "Q": ("UInt64",), "H": ("UInt16",)}
INTEGERS["I"] = ("UInt32", "DateTime('UTC')")


def columns_of(store: Store, table: str) -> dict[str, str]:
    found = store.execute(
        "SELECT name, type FROM system.columns"
        " WHERE database = currentDatabase() AND table = %(table)s",
        {"table": table},
    )
    return {str(name): str(kind) for name, kind in found.rows}


def test_migrating_again_changes_nothing(clickhouse_database: str) -> None:
    with Store(clickhouse_database) as store:
        assert migrate(store) == migrations()
        fill(store, conversion(1))
        assert migrate(store) == []
        check(store)
        assert store.execute("SELECT count() FROM conversions").rows == [(1,)]


def test_a_migration_killed_half_way_is_applied_again_from_its_start(
    clickhouse_database: str,
) -> None:
    with Store(clickhouse_database) as store:
        for statement in migrations()[0].statements[:2]:
            store.execute(statement)
        assert migrate(store) == migrations()


def test_only_what_is_missing_is_applied(store: Store) -> None:
    statement = "CREATE TABLE IF NOT EXISTS more (n UInt8 COMMENT 'n') ENGINE = Null"
    added = Migration(len(migrations()) + 1, "more", (statement,))
    assert migrate(store, [*migrations(), added]) == [added]


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(store: Store) -> None:
    added = Migration(len(migrations()) + 1, "more", ("SELECT 1",))
    migrate(store, [*migrations(), added])
    for step in (migrate, check):
        with pytest.raises(SchemaError, match="newer Counterfoil"):
            step(store)


def test_an_applied_migration_may_not_change(store: Store) -> None:
    first, *others = migrations()
    changed = replace(first, statements=(*first.statements, "SELECT 1"))
    with pytest.raises(SchemaError, match="Migration 1 "):
        migrate(store, [changed, *others])


def test_an_empty_database_says_to_migrate(clickhouse_database: str) -> None:
    with Store(clickhouse_database) as store, pytest.raises(SchemaBehind, match="migrate"):
        check(store)


def test_every_table_view_and_column_has_a_comment(store: Store) -> None:
    bare = store.execute(
        "SELECT table, name FROM system.columns"
        " WHERE database = currentDatabase() AND comment = ''"
        " UNION ALL SELECT name, '' FROM system.tables"
        " WHERE database = currentDatabase() AND comment = ''"
    )
    assert bare.rows == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_name_columns_that_exist_and_know_their_widths(store: Store, table: Table) -> None:
    kinds = columns_of(store, table.name)
    assert set(table.columns) <= kinds.keys()
    for name in table.columns:
        kind = kinds[name]
        if name in NULLABLE:
            kind = kind.removeprefix("Nullable(").removesuffix(")")
        integers = kind.startswith(("Int", "UInt", "DateTime"))
        assert integers == (name in WIDTHS), f"{name} {kind}"
        assert not integers or kind in INTEGERS[WIDTHS[name]], f"{name} {kind}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_only_what_has_a_default_is_left_out_of_a_row(store: Store, table: Table) -> None:
    left_out = columns_of(store, table.name).keys() - set(table.columns)
    assert left_out <= {"version", "topic"}


@pytest.mark.parametrize("table", ["daily_closed", "performance_daily", "performance_hourly"])
def test_each_refusal_is_a_column_beside_billable(store: Store, table: str) -> None:
    names = list(columns_of(store, table))
    first = names.index("tracked")
    assert names[first : first + 2 + len(REFUSALS)] == ["tracked", "billable", *REFUSALS]


def test_a_statement_ends_at_the_end_of_a_line() -> None:
    text = "-- a; comment\nSELECT ';' AS a;\n\nSELECT 2 ;\n-- end\nSELECT 3"
    assert statements_of(text) == ("SELECT ';' AS a", "SELECT 2", "SELECT 3")
