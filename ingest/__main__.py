"""`python -m ingest <command>`: the collector, its topics, and the replay of access logs."""

import os
import sys

import click

from ingest.kafka_topics import TopicsError, apply_topics
from ingest.settings import Settings, SettingsError
from ingest.topics import topics as wanted_topics


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


def _settings() -> Settings:
    try:
        return Settings.from_env(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
