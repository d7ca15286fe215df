"""The workers of both stages: `python -m streams attribution` and `python -m streams budget`."""

import os
from collections.abc import Sequence

import click

from partnerships.keys import KeysError, read_keys
from streams.aiokafka_catalog import AiokafkaCatalog
from streams.aiokafka_log import AiokafkaLog, BrokerError
from streams.attribution import Attribution
from streams.budget import BudgetStage
from streams.errors import StreamsError
from streams.faust_worker import Member, Needed, run
from streams.logs import write_to_stderr
from streams.rules.identities import Identities
from streams.settings import Settings, SettingsError

_instance = click.option(
    "--instance", metavar="NAME", help="A name of this worker that stays the same over restarts."
)


@click.group()
def main() -> None:
    """Decide what happened: events become candidates, candidates become conversions."""
    write_to_stderr()


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
    _work(settings, logic, settings.partitions.events, instance, [catalog])


@main.command()
@_instance
def budget(instance: str | None) -> None:
    """Work on stage B: conversions, by advertiser, each paid once and inside its budget."""
    settings = _settings()
    logic = BudgetStage(settings.partitions)
    _work(settings, logic, settings.partitions.candidates, instance, [])


def _settings() -> Settings:
    try:
        return Settings.from_env(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _work(
    settings: Settings,
    logic: Attribution | BudgetStage,
    partitions: int,
    instance: str | None,
    needed: Sequence[Needed],
) -> None:
    member = Member(
        name=logic.name,
        source=logic.source,
        partitions=partitions,
        kafka=settings.kafka,
        folder=settings.state / "streams" / logic.name,
        instance=instance,
    )
    try:
        run(member, logic, AiokafkaLog(settings.kafka, logic.state), needed)
    except BrokerError as error:
        raise click.ClickException(f"Kafka at {', '.join(settings.kafka)}: {error}") from error
    except StreamsError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main(prog_name="streams")
