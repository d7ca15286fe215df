"""Brings Kafka's topics to what the installation needs; running it again changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from ingest.topics import Topic

_PATIENCE_MS: Final = 30_000
_ACKNOWLEDGED_BY: Final = 2
"""With three copies or more, a write waits for this many, so one broker may be away."""


class TopicsError(Exception):
    """Kafka can't be brought to what is needed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done about one topic."""

    topic: str
    partitions: int
    change: Literal["created", "configured", "unchanged"]


def apply_topics(kafka: Sequence[str], wanted: Iterable[Topic], replication: int) -> list[Outcome]:
    """Create what is missing and set what differs; raises TopicsError.

    A topic with another number of partitions is an error: keys are hashed by it.
    """
    wanted = list(wanted)
    try:
        client = KafkaAdminClient(
            bootstrap_servers=list(kafka), bootstrap_timeout_ms=_PATIENCE_MS, client_id="ingest"
        )
    except KafkaError as error:
        raise TopicsError(f"Kafka does not answer at {', '.join(kafka)}: {error}") from error
    try:
        return _apply(client, wanted, replication)
    except KafkaError as error:
        raise TopicsError(f"Kafka refused the topics: {error}") from error
    finally:
        client.close()


def _apply(client: Any, wanted: list[Topic], replication: int) -> list[Outcome]:
    found = _found(client, wanted)
    _check_partitions(wanted, found)
    missing = [topic for topic in wanted if topic.name not in found]
    _create(client, missing, replication)
    configured = _configure(client, [topic for topic in wanted if topic.name in found])
    return [
        Outcome(
            topic.name,
            topic.partitions,
            "created"
            if topic in missing
            else ("configured" if topic.name in configured else "unchanged"),
        )
        for topic in wanted
    ]


def _found(client: Any, wanted: list[Topic]) -> dict[str, int]:
    named = {topic["name"]: topic for topic in client.describe_topics()}
    return {
        topic.name: len(named[topic.name]["partitions"]) for topic in wanted if topic.name in named
    }


def _check_partitions(wanted: list[Topic], found: dict[str, int]) -> None:
    wrong = [
        f"{topic.name} has {found[topic.name]} partitions instead of {topic.partitions}."
        for topic in wanted
        if found.get(topic.name, topic.partitions) != topic.partitions
    ]
    if wrong:
        advice = (
            "The count is fixed at an installation's birth, because visitors and advertisers are "
            "spread by it. Set COUNTERFOIL_PARTITIONS to what this Kafka was made with, or use "
            "another Kafka."
        )
        raise TopicsError("\n".join([*wrong, advice]))


def _create(client: Any, missing: list[Topic], replication: int) -> None:
    if not missing:
        return
    durable = {"min.insync.replicas": str(_ACKNOWLEDGED_BY)} if replication > 2 else {}
    order = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": replication,
            "configs": {**topic.configs, **durable},
        }
        for topic in missing
    }
    answers = client.create_topics(order, timeout_ms=_PATIENCE_MS, raise_errors=False)["topics"]
    for answer in answers:
        error = for_code(answer["error_code"])
        # Another run of this command may have been faster.
        if answer["error_code"] and error is not TopicAlreadyExistsError:
            raise TopicsError(f"{answer['name']}: {answer.get('error_message') or error.__name__}")
    client.wait_for_topics([topic.name for topic in missing], timeout_ms=_PATIENCE_MS)


def _configure(client: Any, present: list[Topic]) -> set[str]:
    """Set what differs; the names of the topics that were changed."""
    if not present:
        return set()
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in present]
    described = client.describe_configs(asked, config_filter="all")["topic"]
    changes = {}
    for topic in present:
        now = {name: config["value"] for name, config in described[topic.name].items()}
        differing = {name: value for name, value in topic.configs.items() if now[name] != value}
        if differing:
            changes[topic.name] = differing
    if changes:
        client.alter_configs(
            [
                ConfigResource(ConfigResourceType.TOPIC, name, differing)
                for name, differing in changes.items()
            ]
        )
    return set(changes)
