"""A topic of its own for each test, and what stands in it."""

import itertools
import os
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import NewTopic

from partnerships.catalog import CatalogRecord, Collector, decode

_numbers = itertools.count(1)


def new_name() -> str:
    """A topic's name that no other test has."""
    return f"test-catalog-{os.getpid()}-{next(_numbers)}"


def create(broker: str, name: str) -> None:
    """Make the topic."""
    admin: Any = KafkaAdminClient(bootstrap_servers=broker)
    try:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        admin.close()


class Reader:
    """Reads a topic from its beginning, as often as asked."""

    def __init__(self, broker: str, name: str) -> None:
        self._partition = TopicPartition(name, 0)
        self._consumer: Any = KafkaConsumer(bootstrap_servers=broker, enable_auto_commit=False)
        self._consumer.assign([self._partition])
        self._consumer.seek_to_beginning(self._partition)
        self.read: list[tuple[bytes, bytes]] = []

    def close(self) -> None:
        self._consumer.close()

    def more(self) -> list[tuple[bytes, bytes]]:
        """Everything read so far, after one more look."""
        for records in self._consumer.poll(timeout_ms=200).values():
            self.read.extend((record.key, record.value) for record in records)
        return self.read

    def records(self) -> list[CatalogRecord | Collector]:
        """The records read so far, repeats included."""
        return [decode(value) for _, value in self.read]
