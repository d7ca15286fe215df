"""The loader as a process of its own, and the logs it reads, for tests that kill and restart."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)
from kafka.structs import TopicPartition

from ingest import events
from ingest.events import Event
from streams import facts
from streams.facts import Conversion, DeadLetter, Fact, Mark, Session, Touch
from warehouse.kafka_log import GROUP

PATIENCE_SECONDS = 60.0
LINES_OF_AN_ENVELOPE = 50

# What a broker answers while it makes its first group.
_NO_GROUP_YET = (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)

TOPIC_OF: Mapping[type, str] = {
    Event: events.EVENTS,
    Session: events.SESSIONS,
    Touch: events.TOUCHES,
    Conversion: events.CONVERSIONS,
    Mark: events.CONVERSIONS,
    DeadLetter: events.DEAD_LETTERS,
}


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Waits for a condition; fails with what was waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


class Logs:
    """Writes into the topics as the stages do, and tells how far the loaders have committed."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._producer = KafkaProducer(bootstrap_servers=address, acks="all", api_version=(2, 6))
        self._admin = KafkaAdminClient(bootstrap_servers=address)

    def send(self, lines: Sequence[Event] | Sequence[Fact], partition: int = 0) -> None:
        """All lines of one topic, in envelopes."""
        for start in range(0, len(lines), LINES_OF_AN_ENVELOPE):
            some: Any = lines[start : start + LINES_OF_AN_ENVELOPE]
            topic = TOPIC_OF[type(some[0])]
            wire: Any = events if topic == events.EVENTS else facts
            self.send_value(topic, wire.encode_envelope(some), partition)

    def send_value(self, topic: str, value: bytes, partition: int = 0) -> int:
        """One record as it stands; its offset."""
        headers = [(events.PIN_HEADER, b"7")]
        sent = self._producer.send(topic, value, partition=partition, headers=headers)
        offset: int = sent.get(30).offset
        return offset

    def committed(self, topic: str, partition: int = 0) -> int:
        """Where the loaders' group goes on reading; 0 before its first commit."""
        try:
            found = self._admin.list_group_offsets([GROUP])[GROUP]
        except _NO_GROUP_YET:
            return 0
        offset = found.get(TopicPartition(topic, partition))
        return max(0, offset.offset) if offset else 0

    def close(self) -> None:
        """Ends the connections."""
        self._producer.close(5)
        self._admin.close()


class LoaderProcess:
    """`python -m warehouse load`; its log is readable while it runs."""

    def __init__(self, kafka: str, clickhouse: str, log: Path) -> None:
        self._log = log
        environ = {"COUNTERFOIL_KAFKA": kafka, "COUNTERFOIL_CLICKHOUSE": clickhouse}
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "warehouse", "load"],
                env={**os.environ, **environ},
                stderr=output,
            )

    def said(self, words: str) -> bool:
        """Whether its log holds these words."""
        return words in self._log.read_text()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._process.terminate()
        return self._process.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """Gone, whatever it takes; on good terms it leaves the group to the next at once."""
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def loader(kafka: str, clickhouse: str, directory: Path) -> Iterator[LoaderProcess]:
    """A loader that is gone after the block."""
    log = directory / f"loader-{time.monotonic_ns()}.log"
    process = LoaderProcess(kafka, clickhouse, log)
    try:
        yield process
    except BaseException:
        sys.stderr.write(log.read_text())
        raise
    finally:
        process.end()
