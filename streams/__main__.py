"""The workers of both stages: `python -m streams attribution` and `python -m streams budget`."""

import logging
import os
import sys
from collections.abc import Sequence

import click
import structlog

from partnerships.keys import KeysError, read_keys
from streams.aiokafka_catalog import AiokafkaCatalog
from streams.aiokafka_log import AiokafkaLog
from streams.attribution import Attribution
from streams.budget import BudgetStage
from streams.faust_worker import Member, Needed, run
from streams.rules.identities import Identities
from streams.settings import Settings, SettingsError

_instance = click.option(
    "--instance", metavar="NAME", help="A name of this worker that stays the same over restarts."
)


@click.group()
def main() -> None:
    """Decide what happened: events become candidates, candidates become conversions."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=_FORMAT)
    # In an outage it writes 75 lines a second; what matters is logged by our own adapters.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


@main.command()
@_instance
def attribution(instance: str | None) -> None:
    """Work on stage A: sessions, touches and candidates, by visitor."""
    settings = _settings()
    try:
        keys = read_keys(settings.keys)
    except KeysError as error:
        raise click.ClickException(str(error)) from error
    catalog = AiokafkaCatalog(settings.kafka)
    logic = Attribution(catalog, Identities(keys.conversion), settings.partitions)
    _work(settings, logic, instance, [catalog])


@main.command()
@_instance
def budget(instance: str | None) -> None:
    """Work on stage B: conversions, by advertiser, each paid once and inside its budget."""
    settings = _settings()
    _work(settings, BudgetStage(settings.partitions), instance, [])


_FORMAT = "timestamp=%(asctime)s level=%(levelname)s logger=%(name)s event=%(message)r"


def _settings() -> Settings:
    try:
        return Settings.from_env(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _work(
    settings: Settings,
    logic: Attribution | BudgetStage,
    instance: str | None,
    needed: Sequence[Needed],
) -> None:
    member = Member(
        name=logic.name,
        source=logic.source,
        kafka=settings.kafka,
        folder=settings.state / "streams" / logic.name,
        instance=instance,
    )
    run(member, logic, AiokafkaLog(settings.kafka, logic.state), needed)


if __name__ == "__main__":
    main(prog_name="streams")
