"""`python -m ingest <command>`: the collector, its topics, and the replay of access logs."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import click
import structlog
import uvloop
from rich.console import Console
from rich.progress import Progress

from ingest.admission import Admission
from ingest.clients import Clients
from ingest.clock import Clock
from ingest.collector import Collector, WrongPartitions
from ingest.envelopes import Envelopes
from ingest.kafka_catalog import KafkaCatalog
from ingest.kafka_log import KafkaLog
from ingest.kafka_topics import TopicsError, apply_topics
from ingest.logs import lines_of
from ingest.replay import Importer, ReplayError
from ingest.replay_summary import summary_json, summary_text
from ingest.settings import Settings, SettingsError
from ingest.state import State, StateError
from ingest.topics import topics as wanted_topics
from ingest.views import Views
from ingest.web.app import App
from ingest.web.conversions import Conversions
from ingest.web.events import Events
from ingest.web.links import Links
from ingest.web.script import Script
from ingest.web.server import Server
from partnerships.keys import Keys, KeysError, read_keys

log = structlog.get_logger()


@click.group()
def main() -> None:
    """Let events in, once and durably."""


@main.command()
@click.option("--replication", type=click.IntRange(1), help="Copies of each topic.")
def topics(replication: int | None) -> None:
    """Create the topics in Kafka; running it again changes nothing."""
    settings = _settings()
    try:
        outcomes = apply_topics(
            settings.kafka, wanted_topics(settings.partitions), replication or settings.replication
        )
    except TopicsError as error:
        raise click.ClickException(str(error)) from error
    for outcome in outcomes:
        click.echo(f"{outcome.change:<10} {outcome.topic} ({outcome.partitions})")


@main.command()
def serve() -> None:
    """Run the collector until SIGTERM."""
    settings = _settings()
    _log_to_stderr()
    try:
        keys = read_keys(settings.keys)
        state = State(settings.state / "collector")
        uvloop.run(_serve(settings, keys, state))
    except (KeysError, StateError, WrongPartitions) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("logs", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--url", required=True, envvar="COUNTERFOIL_COLLECTOR_URL", help="Where the collector is."
)
@click.option("--site", required=True, help="The site's public key, ck_…")
@click.option("--host", required=True, help="The site's host: logs seldom say it.")
@click.option(
    "--secret-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Holds the secret of a key with the scope import.",
)
@click.option("--shift-days", default=0, help="Move the log by so many whole days.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def replay(
    logs: tuple[Path, ...],
    url: str,
    site: str,
    host: str,
    secret_file: Path,
    shift_days: int,
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Send the page views of Apache's or nginx's combined LOGS to a collector.

    Plain or gzipped; in the order of time. Sending the same log again adds nothing.
    """
    views = Views(site, host, shift_days)
    try:
        for path in logs:
            views.read(lines_of(path))
        items = views.items()
        importer = Importer(url, secret_file.read_text().strip())
        with closing(importer), _bar(len(items)) as advance:
            sent = importer.send(items, advance)
    except (OSError, EOFError, ReplayError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(summary_json(views, sent) if as_json else summary_text(views, sent))
    if items and not sent.accepted:
        sys.exit(1)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar where a person waits."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Replaying", total=total)
        yield lambda count: progress.advance(task, count)


async def _serve(settings: Settings, keys: Keys, state: State) -> None:
    catalog = KafkaCatalog(settings.kafka)
    kafka = KafkaLog(settings.kafka, asyncio.get_running_loop(), catalog.pin)
    envelopes = Envelopes(kafka, settings.partitions.events, asyncio.get_running_loop())
    collector = Collector(state, Clock(state.clock_ms()), catalog, kafka, envelopes)
    clients = Clients(keys)
    admission = Admission(keys, clients)
    app = App(
        collector,
        Events(collector, admission, clients),
        Conversions(collector, keys),
        Links(collector, admission, clients, keys),
        Script(),
    )
    server = Server(app, *settings.listen)
    catalog.start()
    try:
        running = asyncio.create_task(collector.run(settings.partitions.events))
        running.add_done_callback(lambda _: server.stop())
        await server.serve()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    finally:
        await kafka.close()
        await asyncio.to_thread(catalog.close)
    log.info("stopped", collector=state.id)


def _settings() -> Settings:
    try:
        return Settings.from_env(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _log_to_stderr() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # It writes dozens of lines a second while a broker is away; we say that once a tick.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
