"""Runs the migrations of schema `partnerships` on the connection that `migrate` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema="partnerships",
)
with context.begin_transaction():
    context.run_migrations()
