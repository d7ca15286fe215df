"""A collector as the process that runs in production, on a real Kafka, and what it wrote there."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ingest.events import CATALOG, EVENTS, PIN_HEADER, Event, Tick, decode_envelope
from partnerships.catalog import CatalogRecord, Collector, decode, encode, key_of
from tests.engines import free_ports
from tests.ingest.builders import KEYS_TOML

PATIENCE_SECONDS = 30
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Written:
    """One line of `events`, where it stands, and the catalog pin of its envelope."""

    partition: int
    offset: int
    pin: int
    line: Event | Tick


class RunningCollector:
    """One collector process; its folder and its port stay when it is started again."""

    def __init__(self, kafka: str, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_ports(1)[0]}"
        self._environment = os.environ | {
            "COUNTERFOIL_KAFKA": kafka,
            "COUNTERFOIL_KEYS": str(keys_file(folder)),
            "COUNTERFOIL_STATE": str(folder / "state"),
            "COUNTERFOIL_LISTEN": self.url.removeprefix("http://"),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it answers from soon after, and is ready later."""
        with (self.folder / "collector.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ingest", "serve"],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it by this signal; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def log(self) -> str:
        return (self.folder / "collector.log").read_text()

    def answers(self, path: str = "/health/ready", status: int = 200) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        try:
            return httpx.get(self.url + path).status_code == status
        except httpx.TransportError:
            return False


@contextmanager
def running_collector(kafka: str, folder: Path) -> Iterator[RunningCollector]:
    """A collector that is ready."""
    collector = RunningCollector(kafka, folder)
    collector.start()
    try:
        wait_for(collector.answers, collector.log)
        yield collector
    finally:
        assert collector.process is not None
        if collector.process.poll() is None:
            collector.stop()


def wait_for(condition: Callable[[], object], told: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain\n{told()}"
        time.sleep(POLL_SECONDS)


def keys_file(folder: Path) -> Path:
    path = folder / "keys.toml"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(KEYS_TOML)
    return path


def make_topics(kafka: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", "topics"],
        env=os.environ | {"COUNTERFOIL_KAFKA": kafka} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def publish(kafka: str, records: Iterable[CatalogRecord | Collector]) -> None:
    """Write records to the catalog topic, as the announcer does."""
    producer: Any = KafkaProducer(bootstrap_servers=kafka, acks="all")
    for record in records:
        producer.send(CATALOG, encode(record), key=key_of(record), partition=0)
    producer.flush()
    producer.close()


def read_catalog(kafka: str) -> list[CatalogRecord | Collector]:
    return [decode(record.value) for record in _records(kafka, CATALOG)]


def read_events(kafka: str) -> list[Written]:
    """Everything in `events`, partition by partition in the order of its log."""
    return [
        Written(record.partition, record.offset, int(dict(record.headers)[PIN_HEADER]), line)
        for record in _records(kafka, EVENTS)
        for line in decode_envelope(record.value)
    ]


def events_by_id(kafka: str) -> dict[str, Event]:
    lines = (written.line for written in read_events(kafka))
    return {line.id: line for line in lines if isinstance(line, Event)}


def _records(kafka: str, topic: str) -> list[Any]:
    consumer: Any = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    found: list[Any] = []
    try:
        partitions = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for records in consumer.poll(timeout_ms=100).values():
                found.extend(records)
    finally:
        consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))
