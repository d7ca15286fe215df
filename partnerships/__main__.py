"""`python -m partnerships keys | migrate | announce | apply | grant`: wires parts and settings."""

import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event

import click
import structlog
from sqlalchemy.exc import OperationalError, ProgrammingError

from partnerships.applying import Applied
from partnerships.applying import apply as apply_file
from partnerships.clock import now_ms
from partnerships.declaration.problems import DeclarationError
from partnerships.granting import SCOPES, GrantError, Scope, secret_in
from partnerships.granting import grant as grant_key
from partnerships.keys import KeysError, make_keys, read_keys
from partnerships.settings import Name, Settings, SettingsError
from partnerships.store.store import Store


@click.group(help="Who they are and what both sides agreed.")
def partnerships() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Its client repeats itself many times a second while the broker is away; we say it once.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


@partnerships.command(help="Make the file of keys; one that is there is checked and kept.")
def keys() -> None:
    path = _settings("keys").keys
    with _told():
        click.echo(f"{make_keys(path)} {path}")


@partnerships.command(help="Bring the tables to this program's version; repeating changes nothing.")
def migrate() -> None:
    # Alembic takes half a second to load, and the other commands do without it.
    from partnerships.store.schema import migrate as migrate_schema

    with _told(), _store(_settings("postgres")) as store:
        migrate_schema(store.engine)
    click.echo("The tables are up to date.")


@partnerships.command(help="Announce changes to the catalog's topic until it is stopped (SIGTERM).")
def announce() -> None:
    from partnerships.announcing import keep_announcing
    from partnerships.kafka_catalog_topic import KafkaCatalogTopic
    from partnerships.store.outbox import Outbox

    settings = _settings("postgres", "kafka")
    stop = _stop_at_signal()
    topic = KafkaCatalogTopic(settings.kafka)
    try:
        with _store(settings) as store:
            keep_announcing(Outbox(store), topic, now_ms, stop)
    finally:
        topic.close()


@partnerships.command(help="Apply a partnerships FILE; applied again, it changes nothing.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Replace {NAME}.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def apply(file: Path, pairs: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    settings = _settings("postgres", "keys")
    replacements = dict(map(_pair, pairs))
    with _told(), _store(settings) as store:
        network_key = read_keys(settings.keys).network
        try:
            text = file.read_text()
            applied = apply_file(store, text, replacements, network_key, now_ms())
        except DeclarationError as error:
            _refuse(file, error, as_json=as_json)
    _report(applied, as_json=as_json)


@partnerships.command(help="Grant a server key to an account; granted again, nothing changes.")
@click.option("--account", "account_id", required=True, help="The account's id.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    required=True,
    help="What the key may do; several are possible.",
)
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where the secret is, or shall be written.",
)
def grant(account_id: str, scopes: tuple[Scope, ...], secret_file: Path) -> None:
    with _told(), _store(_settings("postgres")) as store:
        outcome = grant_key(store, account_id, scopes, secret_in(secret_file))
    click.echo(f"{outcome} {', '.join(scopes)} of {account_id}: {secret_file}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name.isidentifier() or not equals:
        raise click.BadParameter(f"{text!r} should be NAME=VALUE", param_hint="--set")
    return name, value


def _refuse(file: Path, error: DeclarationError, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"problems": [asdict(problem) for problem in error.problems]}))
    for problem in error.problems:
        click.echo(f"{file}: {problem}", err=True)
    count = len(error.problems)
    click.echo(f"Nothing was applied: {count} problem{'s'[: count > 1]}.", err=True)
    sys.exit(1)


def _report(applied: Applied, *, as_json: bool) -> None:
    changes = [
        {"table": change.table, "id": change.id, "outcome": change.outcome}
        for change in applied.changes
    ]
    if as_json:
        click.echo(json.dumps({"changes": changes, "sequence": applied.sequence}))
        return
    for change in changes:
        click.echo("{outcome:<10} {table} {id}".format(**change).rstrip())


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.postgres)
    try:
        yield store
    finally:
        store.close()


def _settings(*needs: Name) -> Settings:
    try:
        return Settings.from_env(os.environ, needs)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _told() -> Iterator[None]:
    """Operating failures as one sentence and exit code 1."""
    try:
        yield
    except (KeysError, GrantError) as error:
        raise click.ClickException(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        cause = str(error.orig).partition("\n")[0]
        raise click.ClickException(f"PostgreSQL can't be reached: {cause}") from error
    except ProgrammingError as error:
        cause = str(error.orig).partition("\n")[0]
        raise click.ClickException(
            f"The tables are not as this program wants them ({cause}). Run: partnerships migrate"
        ) from error


def _stop_at_signal() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    partnerships()
