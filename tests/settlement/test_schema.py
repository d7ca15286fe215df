"""The migrations make the tables that the code knows, and can be repeated."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from settlement.ledger.schema import migrate
from settlement.ledger.tables import APPEND_ONLY, SCHEMA, metadata


def test_the_migrations_make_the_tables_that_the_code_knows(postgres: str) -> None:
    engine = create_engine(postgres)
    for _ in range(2):
        migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
                "version_table_schema": SCHEMA,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_table_of_money_has_its_trigger(postgres: str) -> None:
    engine = create_engine(postgres)
    migrate(engine)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        )
        assert {row[0] for row in rows} == {f"{SCHEMA}.{table}" for table in APPEND_ONLY}
    engine.dispose()
