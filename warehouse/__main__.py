"""`python -m warehouse migrate | load | sql`: wires the room's parts to its settings."""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Final

import click
import structlog

from warehouse.analyst import grant_analyst
from warehouse.errors import SchemaBehind, StoreError, Unavailable
from warehouse.kafka_log import KafkaLog
from warehouse.loader import TOPICS, Loader
from warehouse.migrations import check
from warehouse.migrations import migrate as apply_migrations
from warehouse.settings import Name, Settings, SettingsError
from warehouse.sql_forms import Form
from warehouse.sql_shell import edited_line, explained, run, shell
from warehouse.store import Store

_SCHEMA_SECONDS: Final = 1.0

# Longer than the analyst's own limit of a minute, so that its words arrive.
_ANALYST_SECONDS: Final = 70.0


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


@warehouse.command(help="Load the logs into ClickHouse until it is stopped (SIGTERM).")
def load() -> None:
    settings = _settings("clickhouse", "kafka")
    stop = _stop_at_signal()
    with _told(), Store(settings.clickhouse) as store:
        _await_schema(store, stop)
        if stop.is_set():
            return
        log = KafkaLog(settings.kafka, TOPICS)
        try:
            Loader(log, store, time.monotonic, stop).run()
        finally:
            log.close()


@warehouse.command(help="Ask ClickHouse as the analyst: one QUERY, or a shell without one.")
@click.argument("query", required=False)
@click.option("--json", "form", flag_value="json", help="One JSON object a line.")
@click.option("--csv", "form", flag_value="csv", help="CSV with a line of names.")
def sql(query: str | None, form: Form | None) -> None:
    settings = _settings("analyst")
    with _told(), Store(settings.analyst, timeout_seconds=_ANALYST_SECONDS) as store:
        if query is None:
            shell(store, form or "table", sys.stdout, edited_line)
        else:
            run(store, query, form or "table", sys.stdout)


def _await_schema(store: Store, stop: Event) -> None:
    """Returns when the tables are there: the loader may be started before them, or ClickHouse."""
    told = ""
    while not stop.is_set():
        try:
            check(store)
            return
        except (SchemaBehind, Unavailable) as error:
            if str(error) != told:
                told = str(error)
                structlog.get_logger().warning("waiting for the tables", error=told)
            stop.wait(_SCHEMA_SECONDS)


def _settings(*needs: Name) -> Settings:
    try:
        return Settings.from_env(os.environ, needs)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _told() -> Iterator[None]:
    """Turns what a person can act on into a message and exit code 1."""
    try:
        yield
    except StoreError as error:
        raise click.ClickException(explained(error)) from error


def _stop_at_signal() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    warehouse(prog_name="python -m warehouse")
