"""The migrations make the tables that the code describes, and the database holds them to it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from partnerships.records import Account, CatalogRecord
from partnerships.store.rows import KEPT
from partnerships.store.schema import migrate
from partnerships.store.store import Store
from partnerships.store.tables import SCHEMA, metadata
from tests.partnerships.files import applied


def test_migrated_tables_are_the_described_ones(store: Store) -> None:
    migrate(store.engine)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table_schema": SCHEMA,
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
                "compare_type": True,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_every_record_has_a_column_for_each_field() -> None:
    kinds = set(CatalogRecord.__args__)
    assert set(KEPT) == kinds
    for kind, (table, _) in KEPT.items():
        fields = set(kind.__struct_fields__) - {"sequence"}
        assert fields <= set(table.columns.keys())


def test_a_version_is_announced_once(store: Store) -> None:
    applied(store)
    [bikes] = [each for each in store.view().all(Account) if each.id == "bikes"]
    before = store.sequence()
    with pytest.raises(IntegrityError), store.changing() as change:
        change.publish(bikes)
    assert store.sequence() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreements SET partner_id = advertiser_id",
        "UPDATE terms SET price_minor = 0",
        "UPDATE standings SET status = 'on'",
        "INSERT INTO numbering VALUES (false, 3)",
        "UPDATE outbox SET published_at = now()",
        "DELETE FROM objectives",
    ],
)
def test_the_database_refuses_what_can_not_be(store: Store, statement: str) -> None:
    applied(store)
    with store.engine.connect() as connection:
        connection.execute(text(f"SET search_path TO {SCHEMA}"))
        with pytest.raises(IntegrityError):
            connection.execute(text(statement))
