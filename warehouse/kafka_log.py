"""The logs the loader reads, through one consumer group: the only module here that knows Kafka.

Several loaders share the partitions. What was read and not committed is read again by whoever
holds its partition next; every row carries its identity, so that does no harm.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from kafka import KafkaConsumer
from kafka.errors import KafkaError, RetriableError
from kafka.structs import OffsetAndMetadata, TopicPartition

from ingest.events import PIN_HEADER
from warehouse.batch import Record

GROUP: Final = "counterfoil.warehouse"

_POLLED_RECORDS: Final = 50
"""Records a read returns at most: 10,000 lines when every envelope is full."""

_COMMIT_MS: Final = 5_000
_CLOSE_MS: Final = 5_000
_SESSION_MS: Final = 6_000
"""How long a killed loader keeps its partitions; brokers allow no less."""

_METADATA_MS: Final = 10_000

_log = structlog.get_logger()


class LogError(Exception):
    """Kafka did not take a commit; what it was for will be read again."""


class KafkaLog:
    """A member of the group; not safe to share between threads.

    While it is paused it stays in the group and fetches nothing, so memory stays flat.
    """

    def __init__(self, servers: Sequence[str], topics: Sequence[str]) -> None:
        self._unread: list[Record] = []
        self._told = ""
        self._consumer = KafkaConsumer(
            bootstrap_servers=list(servers),
            # With a version given, the constructor does not wait for a broker.
            api_version=(2, 6),
            group_id=GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            max_poll_records=_POLLED_RECORDS,
            session_timeout_ms=_SESSION_MS,
            heartbeat_interval_ms=_SESSION_MS // 3,
            metadata_max_age_ms=_METADATA_MS,
            reconnect_backoff_max_ms=1_000,
            metrics_enabled=False,
        )
        self._consumer.subscribe(topics=list(topics))

    def read(self, seconds: float) -> list[Record]:
        """What there is, after at most this long; nothing while the broker is away."""
        self._consumer.resume(*self._consumer.paused())
        unread, self._unread = self._unread, []
        return unread or self._poll(seconds)

    def pause(self, seconds: float) -> None:
        """Stays in the group for about this long without reading."""
        self._consumer.pause(*self._consumer.assignment())
        # Partitions assigned just now are not paused yet and may bring one last read.
        self._unread += self._poll(seconds)

    def commit(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """From where each partition is to be read on. Those no longer ours are left to others.

        Raises LogError.
        """
        assigned = self._consumer.assignment()
        ours = {
            partition: OffsetAndMetadata(offset, "", -1)
            for name, offset in offsets.items()
            if (partition := TopicPartition(*name)) in assigned
        }
        if not ours:
            return
        try:
            self._consumer.commit(ours, timeout_ms=_COMMIT_MS)
        except KafkaError as error:
            raise LogError(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Leaves the group."""
        self._consumer.close(autocommit=False, timeout_ms=_CLOSE_MS)

    def _poll(self, seconds: float) -> list[Record]:
        try:
            polled = self._consumer.poll(timeout_ms=max(0, round(seconds * 1000)))
        except RetriableError as error:
            # The client goes on connecting by itself; what it raises here is only impatience.
            if str(error) != self._told:
                self._told = str(error)
                _log.warning("kafka does not answer", error=self._told)
            time.sleep(seconds)
            return []
        if polled:
            self._told = ""
        return [_record(found) for records in polled.values() for found in records]


def _record(found: Any) -> Record:
    headers = dict(found.headers or ())
    pin = headers.get(PIN_HEADER, b"")
    return Record(
        topic=found.topic,
        partition=found.partition,
        offset=found.offset,
        at_ms=found.timestamp,
        pin=int(pin) if pin.isdigit() else 0,
        value=found.value or b"",
    )
