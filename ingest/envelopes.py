"""Gathers lines into envelopes, one partition's after the other, and tells when they are durable.

Per partition one envelope is on its way at a time; the next leaves when it was acknowledged and
the gap has passed, or when it is full. Order within a partition is the order of arrival.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from ingest import metrics
from ingest.delivery import Delivery
from ingest.events import MAX_ENVELOPE_EVENTS, Event, Tick, encode_line, partition_of
from ingest.pace import Pace

MAX_ENVELOPE_BYTES: Final = 512 * 1024
"""A full envelope stays well below the topic's largest message (1 MiB), its last line included."""

MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
MAX_WAITING_LINES: Final = 200_000
"""Lines not yet acknowledged; beyond either the collector answers 503 rather than grow."""


class Log(Protocol):
    """Where envelopes go."""

    def write(self, partition: int, value: bytes, done: Callable[[str], None]) -> None:
        """Append one record. `done` is called once, in the event loop: "" durable, else why not."""


class Full(Exception):
    """More lines wait for the log than the collector may hold."""


class _Lane:
    """One partition: lines that wait, and what is on its way."""

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.lines: list[bytes] = []
        self.times: list[int] = []
        self.deliveries: list[Delivery] = []
        self.bytes = 0
        self.flight: _Flight | None = None

    @property
    def full(self) -> bool:
        return len(self.lines) >= MAX_ENVELOPE_EVENTS or self.bytes >= MAX_ENVELOPE_BYTES

    def add(self, line: bytes, at_ms: int, delivery: Delivery) -> None:
        self.lines.append(line)
        self.times.append(at_ms)
        self.deliveries.append(delivery)
        self.bytes += len(line) + 1

    def depart(self) -> "_Flight":
        """Take what fits an envelope out of the waiting lines."""
        count = self._fitting()
        flight = _Flight(b"\n".join(self.lines[:count]), self.times[0], self.deliveries[:count])
        del self.lines[:count], self.times[:count], self.deliveries[:count]
        self.bytes -= flight.bytes
        self.flight = flight
        return flight

    def _fitting(self) -> int:
        if self.bytes <= MAX_ENVELOPE_BYTES:
            return min(len(self.lines), MAX_ENVELOPE_EVENTS)
        size = 0
        for count, line in enumerate(self.lines[:MAX_ENVELOPE_EVENTS]):
            size += len(line) + 1
            if size > MAX_ENVELOPE_BYTES and count:
                return count
        return min(len(self.lines), MAX_ENVELOPE_EVENTS)


class _Flight:
    """One envelope on its way."""

    def __init__(self, value: bytes, oldest_ms: int, deliveries: list[Delivery]) -> None:
        self.value = value
        self.oldest_ms = oldest_ms
        self.deliveries = deliveries
        self.bytes = len(value) + 1
        self.left_at = 0.0


class Envelopes:
    """All partitions of `events`; used from one event loop only."""

    def __init__(self, log: Log, partitions: int, loop: asyncio.AbstractEventLoop) -> None:
        self._log = log
        self._loop = loop
        self._lanes = [_Lane(partition) for partition in range(partitions)]
        self._pace = Pace(loop.time())
        self._left_at = 0.0
        self._timer: asyncio.Handle | None = None
        self._waiting_bytes = 0
        self._waiting_lines = 0

    def send(self, events: Sequence[Event]) -> Delivery:
        """Take events, in their order; raises Full, and then takes none."""
        if self._waiting_bytes >= MAX_WAITING_BYTES or self._waiting_lines >= MAX_WAITING_LINES:
            raise Full
        delivery = Delivery(self._loop, len(events))
        for event in events:
            lane = self._lanes[partition_of(event.visitor, len(self._lanes))]
            self._put(lane, encode_line(event), event.received_at, delivery)
        return delivery

    def tick(self, tick: Tick) -> Delivery:
        """Put the tick into every partition, behind all that came before."""
        delivery = Delivery(self._loop, len(self._lanes))
        for lane in self._lanes:
            self._put(lane, encode_line(tick), tick.at_ms, delivery)
        return delivery

    def oldest_ms(self) -> int | None:
        """The least time of receipt that is not acknowledged; None when all is."""
        waiting = [lane.times[0] for lane in self._lanes if lane.times]
        flying = [lane.flight.oldest_ms for lane in self._lanes if lane.flight]
        return min([*waiting, *flying], default=None)

    def give_up(self, before_ms: int) -> None:
        """Fail the deliveries of lines received before this; the lines still go their way."""
        for lane in self._lanes:
            if lane.flight and lane.flight.oldest_ms < before_ms:
                for delivery in lane.flight.deliveries:
                    delivery.failed("the log does not acknowledge")
            for at_ms, delivery in zip(lane.times, lane.deliveries, strict=True):
                if at_ms >= before_ms:
                    break
                delivery.failed("the log does not acknowledge")

    def _put(self, lane: _Lane, line: bytes, at_ms: int, delivery: Delivery) -> None:
        lane.add(line, at_ms, delivery)
        self._waiting_lines += 1
        self._waiting_bytes += len(line) + 1
        if lane.flight is None:
            self._leave_soon(lane)

    def _leave_soon(self, lane: _Lane) -> None:
        if lane.full:
            self._leave(lane)
        elif self._timer is None:
            # Envelopes of several partitions leave together, in one request to the broker.
            due = self._left_at + self._pace.gap_seconds
            self._timer = self._loop.call_at(due, self._leave_all)

    def _leave_all(self) -> None:
        self._timer = None
        for lane in self._lanes:
            if lane.lines and lane.flight is None:
                self._leave(lane)

    def _leave(self, lane: _Lane) -> None:
        flight = lane.depart()
        flight.left_at = self._left_at = self._loop.time()
        self._pace.left(len(flight.deliveries), self._left_at)
        metrics.envelope_lines.observe(len(flight.deliveries))
        self._log.write(lane.partition, flight.value, lambda error: self._landed(lane, error))

    def _landed(self, lane: _Lane, error: str) -> None:
        flight, lane.flight = lane.flight, None
        assert flight is not None, "an envelope lands once"
        self._waiting_lines -= len(flight.deliveries)
        self._waiting_bytes -= flight.bytes
        metrics.envelope_seconds.observe(self._loop.time() - flight.left_at)
        metrics.waiting_bytes.set(self._waiting_bytes)
        for delivery in flight.deliveries:
            if error:
                delivery.failed(error)
            else:
                delivery.arrived()
        if lane.lines:
            self._leave_soon(lane)
