"""Reads the catalog from its beginning, for ever, in a thread of its own.

What was read is swapped in as a whole: who looks sees one snapshot or the next, never a half.
"""

import threading
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from ingest.clock import Clock
from ingest.events import CATALOG
from ingest.snapshot import Snapshot
from partnerships.catalog import Catalog, Collector, decode

_PARTITION: Final = TopicPartition(CATALOG, 0)
_OLDEST_BROKER: Final = (2, 6)
_POLL_MS: Final = 500
_ANSWER_MS: Final = 5_000
_AGAIN_SECONDS: Final = 1.0
_CLOSE_SECONDS: Final = 2.0

log = structlog.get_logger()


class KafkaCatalog:
    """`current` and `collectors` are what was read so far; `at_end` says that it is all."""

    def __init__(self, servers: Sequence[str]) -> None:
        self._servers = list(servers)
        self._clock = Clock()
        self._catalog = Catalog()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="catalog", daemon=True)
        self.at_end = False
        self.current = Snapshot(self._catalog.at(0), 0, self._clock.now_ms())

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading; a thread that waits for a broker which is away is not waited for."""
        self._closing.set()
        self._thread.join(_CLOSE_SECONDS)

    def pin(self) -> int:
        """The catalog's sequence read so far."""
        return self.current.pin

    def collector(self, collector_id: str) -> Collector | None:
        """The registration of a collector."""
        return self._catalog.collectors.get(collector_id)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._read()
            except (KafkaError, OSError) as error:
                log.warning("catalog_unreachable", error=str(error))
                self._closing.wait(_AGAIN_SECONDS)

    def _read(self) -> None:
        consumer: Any = KafkaConsumer(
            bootstrap_servers=self._servers,
            client_id="ingest-catalog",
            api_version=_OLDEST_BROKER,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            reconnect_backoff_max_ms=1_000,
            metrics_enabled=False,
        )
        try:
            consumer.assign([_PARTITION])
            consumer.seek_to_beginning(_PARTITION)
            end = consumer.end_offsets([_PARTITION], timeout_ms=_ANSWER_MS)[_PARTITION]
            while not self._closing.is_set():
                records = consumer.poll(timeout_ms=_POLL_MS).get(_PARTITION, ())
                self._take([record.value for record in records if record.value is not None])
                if not self.at_end and consumer.position(_PARTITION) >= end:
                    self._show()
                    self.at_end = True
        finally:
            consumer.close()

    def _take(self, values: list[bytes]) -> None:
        for value in values:
            try:
                self._catalog.add(decode(value))
            except msgspec.MsgspecError as error:
                log.error("catalog_record_unreadable", error=str(error))
        if values and self.at_end:
            self._show()

    def _show(self) -> None:
        pin = self._catalog.sequence
        self.current = Snapshot(self._catalog.at(pin), pin, self._clock.now_ms())
