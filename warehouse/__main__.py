"""`python -m warehouse migrate | load | sql`: wires the room's parts to its settings."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import click
import structlog

from warehouse.analyst import grant_analyst
from warehouse.errors import StoreError
from warehouse.migrations import migrate as apply_migrations
from warehouse.settings import Name, Settings, SettingsError, from_env
from warehouse.store import Store


@click.group(help="Remembers what happened in ClickHouse, and answers named questions.")
def warehouse() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


@warehouse.command(help="Bring the tables to this program's version; repeating it changes nothing.")
def migrate() -> None:
    settings = _settings("clickhouse")
    with _told(), Store(settings.clickhouse) as store:
        applied = apply_migrations(store)
        for migration in applied:
            click.echo(f"applied {migration.number:04d} {migration.name}")
        if not applied:
            click.echo("The tables are up to date.")
        if settings.analyst and not grant_analyst(store, settings.analyst):
            click.echo("The analyst's user is left to the server's own configuration.")


def _settings(*needs: Name) -> Settings:
    try:
        return from_env(os.environ, needs)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _told() -> Iterator[None]:
    """Turns what a person can act on into a message and exit code 1."""
    try:
        yield
    except StoreError as error:
        raise click.ClickException(str(error)) from error


def _stop_at_signal() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    warehouse(prog_name="python -m warehouse")
