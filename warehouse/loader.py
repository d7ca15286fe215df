"""Carries the logs into ClickHouse: insert first, then commit, for ever.

Killed at any moment it loses nothing: what was inserted and not committed is inserted again, and a
row is one row by its identity. A partition's mark is written after the rows before it.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Final, Protocol

import structlog

from ingest.events import CONVERSIONS, DEAD_LETTERS, EVENTS, SESSIONS, TOUCHES
from warehouse.batch import Batch, Record
from warehouse.errors import Rejected, StoreError, Unavailable
from warehouse.kafka_log import LogError
from warehouse.rows import PROGRESS
from warehouse.tables import Row, Table

TOPICS: Final = (EVENTS, SESSIONS, TOUCHES, CONVERSIONS, DEAD_LETTERS)
"""Reversals have a table but no fact yet; their topic waits until they have one."""

BATCH_LINES: Final = 30_000
"""Enough for ClickHouse to take them at full speed, few enough to hold in 100 MB."""

BATCH_SECONDS: Final = 0.5
"""The longest a line waits for others; shorter would make more parts than merges can follow."""

RETRY_SECONDS: Final = 1.0
REPORT_SECONDS: Final = 10.0

_log = structlog.get_logger()


class Log(Protocol):
    """Where records come from; `warehouse.kafka_log.KafkaLog`."""

    def read(self, seconds: float) -> list[Record]: ...
    def pause(self, seconds: float) -> None: ...
    def commit(self, offsets: Mapping[tuple[str, int], int]) -> None: ...


class Writer(Protocol):
    """Where rows go; `warehouse.store.Store`."""

    def insert(
        self, table: str, columns: Sequence[str], values: Sequence[Sequence[object]]
    ) -> None: ...


class Loader:
    """`clock`: seconds that never go back. `stop`: ends it; what waits is then left to the next."""

    def __init__(self, log: Log, writer: Writer, clock: Callable[[], float], stop: Event) -> None:
        self._log = log
        self._writer = writer
        self._clock = clock
        self._stop = stop
        self._loaded = 0
        self._reported_at = clock()

    def run(self) -> None:
        """Loads until it is stopped."""
        while not self._stop.is_set():
            batch = self._gather()
            if batch.offsets and self._write(batch):
                self._commit(batch)
                self._report(batch)

    def _gather(self) -> Batch:
        """A batch that is full, or as old as a line may wait; empty when nothing comes."""
        batch = Batch()
        batch.add(self._log.read(BATCH_SECONDS))
        due = self._clock() + BATCH_SECONDS
        while batch.offsets and batch.lines < BATCH_LINES and not self._stop.is_set():
            if (left := due - self._clock()) <= 0:
                break
            batch.add(self._log.read(left))
        return batch

    def _write(self, batch: Batch) -> bool:
        """Whether all of it is in ClickHouse; False when stopped before."""
        for table, rows in batch.rows.items():
            if not self._insert(table, rows):
                return False
        marks = list(batch.marks.values())
        return not marks or self._insert(PROGRESS, marks)

    def _insert(self, table: Table, rows: list[Row]) -> bool:
        values = list(zip(*rows, strict=True))
        told = ""
        while True:
            try:
                self._writer.insert(table.name, table.columns, values)
            except (Unavailable, Rejected) as error:
                told = self._waits(table, error, told)
            else:
                if told:
                    _log.info("clickhouse answers again", table=table.name)
                return True
            if self._stop.is_set():
                return False
            self._log.pause(RETRY_SECONDS)

    def _waits(self, table: Table, error: StoreError, told: str) -> str:
        if str(error) != told:
            _log.warning("waiting for clickhouse", table=table.name, error=str(error))
        return str(error)

    def _commit(self, batch: Batch) -> None:
        try:
            self._log.commit(batch.offsets)
        except LogError as error:
            _log.warning("offsets not committed, their lines will be read again", error=str(error))

    def _report(self, batch: Batch) -> None:
        self._loaded += batch.lines
        seconds = self._clock() - self._reported_at
        if seconds >= REPORT_SECONDS:
            _log.info("loaded", lines=self._loaded, seconds=round(seconds, 1))
            self._loaded = 0
            self._reported_at = self._clock()
