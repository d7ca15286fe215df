"""Workers as processes on a real broker, traffic for them, and a recount of what they wrote."""

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ingest.events import (
    CANDIDATES,
    CATALOG,
    CONVERSIONS,
    DEAD_LETTERS,
    EVENTS,
    PIN_HEADER,
    SESSIONS,
    TOUCHES,
    Event,
    Partitions,
    Tick,
    encode_envelope,
    partition_of,
)
from partnerships.catalog import Collector, encode, key_of
from partnerships.keys import read_keys
from streams.attribution import Attribution
from streams.budget import BudgetStage
from streams.envelopes import Envelope, pin_of
from streams.facts import Conversion, Mark, decode_line
from streams.rules.identities import Identities
from tests.streams.builders import (
    NOON,
    SECOND,
    agreement,
    catalog,
    click_objective,
    hexadecimal,
    landing,
    objective,
    thanks,
)
from tests.streams.memory_log import MemoryLog
from tests.streams.playing import KnownCatalog, play

PARTITIONS = Partitions(events=4, candidates=2)
WAIT_SECONDS = 120
_POLL_SECONDS = 0.1
_KNOWN = catalog(
    objective(count="visitor"),
    click_objective(),
    agreement("sale-1", budget=20_000),
    agreement("click-1", "click", price=50, budget=15_000),
)


@dataclass
class Worker:
    """One worker process; `log` is what it wrote to stderr."""

    stage: str
    instance: str
    process: subprocess.Popen[bytes]
    file: Path

    @property
    def log(self) -> str:
        return self.file.read_text()

    def await_ready(self, times: int = 1) -> None:
        """Until it has been given its share so many times."""
        wait_for(lambda: self.log.count("event=restored") >= times, f"{self.file} is ready")

    def kill(self) -> None:
        """As a crash would end it."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As a supervisor ends it; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_SECONDS)


@dataclass
class Installation:
    """A broker with the topics of an installation; every test adds to the same logs."""

    address: str
    folder: Path
    environment: dict[str, str]
    workers: list[Worker] = field(default_factory=list)
    now_ms: int = NOON
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._producer = KafkaProducer(bootstrap_servers=self.address, acks="all")

    def publish_catalog(self) -> None:
        """One agreement on sales and one on clicks, both with budgets that run out."""
        for record in [*_KNOWN.records(), Collector(id="c1", registered_at_ms=0)]:
            self._producer.send(CATALOG, encode(record), key_of(record), partition=0)
        self._producer.flush()

    def start(self, stage: str, instance: str) -> Worker:
        """A worker of a stage; its name lets it return at once after a kill."""
        file = self.folder / f"{stage}-{instance}-{next(self._numbers)}.log"
        with file.open("wb") as output:
            command = [sys.executable, "-m", "streams", stage, "--instance", instance]
            process = subprocess.Popen(command, env=self.environment, stderr=output)
        worker = Worker(stage, instance, process, file)
        self.workers.append(worker)
        return worker

    def kill_and_restart(self, worker: Worker) -> Worker:
        """What kill -9 and a supervisor do."""
        worker.kill()
        return self.start(worker.stage, worker.instance)

    @contextmanager
    def working(self, *stages: str) -> Iterator[list[Worker]]:
        """Workers that are ready when the block begins, and have ended after it."""
        started = [self.start(stage, f"{stage}-{number}") for number, stage in enumerate(stages)]
        try:
            for worker in started:
                worker.await_ready()
            yield started
        finally:
            self.end()

    def end(self) -> None:
        """End every worker."""
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.process.terminate()
        for worker in self.workers:
            worker.process.wait(WAIT_SECONDS)
        self.workers.clear()

    def close(self) -> None:
        """End every worker and the writer of its traffic."""
        self.end()
        self._producer.close()

    def visit(self, visitors: int) -> None:
        """New visitors who each come by a link and buy, in envelopes of a few; then a tick."""
        waiting: dict[int, list[Event]] = {}
        for _ in range(visitors):
            name = hexadecimal(f"visitor {next(self._numbers)}")
            self.now_ms += SECOND // 10
            lines = [
                landing(self.now_ms, visitor=name),
                thanks(self.now_ms + SECOND, visitor=name, received_at=self.now_ms),
            ]
            waiting.setdefault(partition_of(name, PARTITIONS.events), []).extend(lines)
        for partition, all_lines in waiting.items():
            for at in range(0, len(all_lines), 8):
                self.write(partition, encode_envelope(all_lines[at : at + 8]))
        self.tick()

    def tick(self) -> None:
        """A tick of the only collector in every partition, a second later."""
        self.now_ms += SECOND
        tick = Tick(collector="c1", low_ms=self.now_ms, at_ms=self.now_ms)
        for partition in range(PARTITIONS.events):
            self.write(partition, encode_envelope([tick]))

    def write(self, partition: int, value: bytes) -> None:
        """One record of the events log."""
        headers = [(PIN_HEADER, str(_KNOWN.sequence).encode())]
        self._producer.send(EVENTS, value, partition=partition, headers=headers)
        self._producer.flush()

    def read(self, topic: str, partitions: int) -> dict[int, list[Envelope]]:
        """Everything that stands in a topic now."""
        places = [TopicPartition(topic, number) for number in range(partitions)]
        found: dict[int, list[Envelope]] = {number: [] for number in range(partitions)}
        reader = KafkaConsumer(bootstrap_servers=self.address, max_partition_fetch_bytes=8 << 20)
        try:
            reader.assign(places)
            ends = reader.end_offsets(places)
            reader.seek_to_beginning(*places)
            while any(reader.position(place) < ends[place] for place in places):
                for place, records in reader.poll(timeout_ms=500).items():
                    found[place.partition] += [_envelope(record) for record in records]
        finally:
            reader.close()
        return found

    def lines(self, topic: str, partitions: int) -> list[bytes]:
        """The lines of a topic, repeats included."""
        envelopes = self.read(topic, partitions).values()
        return [line for all_ in envelopes for one in all_ for line in one.value.split(b"\n")]

    def expected(self) -> MemoryLog:
        """What stage A must make of the events log, by its rules in one uninterrupted pass."""
        ids = Identities(read_keys(Path(self.environment["COUNTERFOIL_KEYS"])).conversion)
        source = self.read(EVENTS, PARTITIONS.events)
        return play(lambda: Attribution(KnownCatalog(_KNOWN), ids, PARTITIONS), source)

    def await_exact(self) -> list[Conversion]:
        """Wait until every fact that must be there is; then nothing else may be."""
        expected = self.expected()
        for topic, partitions in (
            (SESSIONS, PARTITIONS.events),
            (TOUCHES, PARTITIONS.events),
            (CANDIDATES, PARTITIONS.candidates),
            (DEAD_LETTERS, 1),
        ):
            self._await_equal(topic, partitions, _facts(expected.all_lines(topic)))
        candidates = self.read(CANDIDATES, PARTITIONS.candidates)
        decided = play(lambda: BudgetStage(PARTITIONS), candidates)
        facts = _facts(decided.all_lines(CONVERSIONS))
        self._await_equal(CONVERSIONS, PARTITIONS.candidates, facts)
        found = [decode_line(line) for line in facts]
        return [one for one in found if isinstance(one, Conversion)]

    def watermark(self) -> int:
        """The least watermark that the conversions log brought; 0 where a partition has none."""
        found = dict.fromkeys(range(PARTITIONS.candidates), 0)
        for line in self.lines(CONVERSIONS, PARTITIONS.candidates):
            fact = decode_line(line)
            if isinstance(fact, Mark):
                assert fact.watermark_ms >= found[fact.source], "a watermark never goes back"
                found[fact.source] = fact.watermark_ms
        return min(found.values())

    def _await_equal(self, topic: str, partitions: int, facts: set[bytes]) -> None:
        wait_for(
            lambda: facts <= _facts(self.lines(topic, partitions)),
            f"{topic} has {len(facts)} facts",
        )
        assert _facts(self.lines(topic, partitions)) == facts


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Return when it holds; fail with `what` when it does not in time."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {WAIT_SECONDS} s until {what}"
        time.sleep(_POLL_SECONDS)


def _facts(lines: list[bytes]) -> set[bytes]:
    return {line for line in lines if not isinstance(decode_line(line), Mark)}


def _envelope(record: object) -> Envelope:
    return Envelope(
        record.topic,  # type: ignore[attr-defined]
        record.partition,  # type: ignore[attr-defined]
        record.offset,  # type: ignore[attr-defined]
        record.value,  # type: ignore[attr-defined]
        pin_of(record.headers),  # type: ignore[attr-defined]
    )
