"""The topics of an installation are made once and checked ever after."""

from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from ingest.events import CANDIDATES, CATALOG, CONVERSIONS, EVENTS, STATE_VISITORS, Partitions
from ingest.kafka_topics import apply_topics
from ingest.topics import topics
from tests.ingest.running import make_topics


def configs(broker: str, *names: str) -> dict[str, dict[str, str]]:
    client: Any = KafkaAdminClient(bootstrap_servers=broker)
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = client.describe_configs(asked, config_filter="all")["topic"]
    client.close()
    return {
        name: {key: config["value"] for key, config in values.items()}
        for name, values in found.items()
    }


def test_running_it_again_changes_nothing(broker: str) -> None:
    again = make_topics(broker)
    assert again.returncode == 0
    assert {line.split()[0] for line in again.stdout.splitlines()} == {"unchanged"}
    assert "counterfoil.events (8)" in again.stdout


def test_books_of_record_are_kept_for_ever_and_states_are_compacted(broker: str) -> None:
    found = configs(broker, EVENTS, CANDIDATES, CONVERSIONS, STATE_VISITORS, CATALOG)
    assert found[EVENTS]["retention.ms"] == str(90 * 86_400_000)
    for book in (CANDIDATES, CONVERSIONS):
        assert (found[book]["retention.ms"], found[book]["cleanup.policy"]) == ("-1", "delete")
    state = found[STATE_VISITORS]
    assert state["cleanup.policy"] == found[CATALOG]["cleanup.policy"] == "compact"
    assert (state["min.compaction.lag.ms"], state["max.message.bytes"]) == ("600000", "9437184")


def test_another_count_of_partitions_is_an_error_that_says_what_to_do(broker: str) -> None:
    wrong = make_topics(broker, COUNTERFOIL_PARTITIONS="8,5")
    assert wrong.returncode == 1
    assert "counterfoil.candidates has 4 partitions instead of 5" in wrong.stderr
    assert "COUNTERFOIL_PARTITIONS" in wrong.stderr


def test_a_changed_config_is_set_right(broker: str) -> None:
    client: Any = KafkaAdminClient(bootstrap_servers=broker)
    client.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, EVENTS, {"retention.ms": "1000"})]
    )
    client.close()
    outcomes = apply_topics([broker], topics(Partitions()), replication=1)
    assert [one.topic for one in outcomes if one.change == "configured"] == [EVENTS]
    assert configs(broker, EVENTS)[EVENTS]["retention.ms"] == str(90 * 86_400_000)


def test_without_kafka_the_address_is_named() -> None:
    away = make_topics("nowhere")
    assert away.returncode == 1
    assert "COUNTERFOIL_KAFKA" in away.stderr
