"""The state of one source partition, and what a run of its records would make of it.

A shard is a function of its partition's log up to `position`, whoever computes it and in whatever
steps; so is every output. A `Work` is laid over it and becomes part of it only when the broker has
both the outputs and the state (`stage.py`).
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from streams.due import DueKeys

_STAMP: Final = struct.Struct(">qqq")
_SIZE: Final = _STAMP.size
_SWEEP_KEYS: Final = 64
"""How many keys a flush looks at for expiry: garbage collection must not delay decisions."""

POSITION: Final = b"\x00position"
"""The key of a shard's position, watermark and marks; no other key begins with a zero byte."""

_encoder = msgspec.msgpack.Encoder()


class StateRecord(NamedTuple):
    """One record of a state log: a key and its stamped value, or the stamp of its removal.

    The stamp is, in three big-endian numbers of 8 bytes: the position of the flush that wrote it,
    the watermark that dates it, and since when a tick has work with it (0: it has none).
    """

    key: bytes
    stamped: bytes
    removed: bool = False


class Output(NamedTuple):
    """One line for a partition of a topic."""

    topic: str
    partition: int
    line: bytes


@dataclass(slots=True)
class Shard:
    """`position`: the next source offset to read. `log_end`: where our next state must land.

    `lifetimes`: per kind (a key's first byte), how many ms of watermark a value stays visible.
    `marks`: the stage's own low marks, packed. `due`: keys with work for a tick, and since when.
    `stale`: keys whose newest record in the log is not the newest state.
    """

    partition: int
    lifetimes: Mapping[int, int]
    position: int = 0
    watermark_ms: int = 0
    marks: bytes = b""
    log_end: int = 0
    values: dict[bytes, bytes] = field(default_factory=dict)
    due: DueKeys = field(default_factory=DueKeys)
    stale: set[bytes] = field(default_factory=set)
    _sweep: Iterator[bytes] | None = None

    def absorb(self, record: StateRecord) -> None:
        """Take one record of the state log: the newest position wins, in whatever order."""
        position, watermark_ms, due_ms = _STAMP.unpack_from(record.stamped)
        if record.key == POSITION:
            if position >= self.position:
                self.position, self.watermark_ms = position, watermark_ms
                self.marks = record.stamped[_SIZE:]
            return
        known = self.values.get(record.key)
        if known is not None and _STAMP.unpack_from(known)[0] > position:
            self.stale.add(record.key)
            return
        self.stale.discard(record.key)
        if record.removed:
            self.values.pop(record.key, None)
        else:
            self.values[record.key] = record.stamped
        self.due.put(record.key, 0 if record.removed else due_ms)

    def is_visible(self, key: bytes, dated_ms: int, now_ms: int) -> bool:
        """Whether a value dated so still exists for the rules."""
        return dated_ms >= now_ms - self.lifetimes[key[0]]

    def swept(self) -> list[bytes]:
        """A few keys that no rule can see any more: when they go changes no decision."""
        if self._sweep is None:
            self._sweep = iter(list(self.values))
        found = []
        for _ in range(_SWEEP_KEYS):
            key = next(self._sweep, None)
            if key is None:
                self._sweep = None
                break
            value = self.values.get(key)
            if value is not None and not self.is_visible(
                key, _STAMP.unpack_from(value)[1], self.watermark_ms
            ):
                found.append(key)
        return found


class Work:
    """What a run of source records does to a shard, which itself stays as it is.

    `outputs` must be acknowledged before `mark` is sent, and both before the state is written.
    """

    def __init__(self, shard: Shard, decoders: Mapping[int, msgspec.msgpack.Decoder[Any]]) -> None:
        self.shard = shard
        self.position = shard.position
        self.watermark_ms = shard.watermark_ms
        self.marks = shard.marks
        self.outputs: list[Output] = []
        self.mark: list[Output] = []
        self.lines = 0
        self._decoders = decoders
        self._read: dict[bytes, tuple[int, object]] = {}
        self._written: dict[bytes, tuple[int, int, object]] = {}
        self._due = DueKeys()

    def advance(self, at_ms: int) -> int:
        """The watermark after a line of this time: it never goes back."""
        if at_ms > self.watermark_ms:
            self.watermark_ms = at_ms
        return self.watermark_ms

    def get(self, key: bytes) -> object | None:
        """The value of a key; None when there is none or its lifetime has passed."""
        if (written := self._written.get(key)) is not None:
            dated_ms, _, value = written
        elif (read := self._read.get(key)) is not None:
            dated_ms, value = read
        elif (stamped := self.shard.values.get(key)) is not None:
            dated_ms = _STAMP.unpack_from(stamped)[1]
            value = self._decoders[key[0]].decode(memoryview(stamped)[_SIZE:])
            self._read[key] = dated_ms, value
        else:
            return None
        return value if self.shard.is_visible(key, dated_ms, self.watermark_ms) else None

    def put(self, key: bytes, value: object, due_ms: int = 0) -> None:
        """Write a value, dated by the watermark. `due_ms`: since when a tick has work with it."""
        self._written[key] = self.watermark_ms, due_ms, value
        self._due.put(key, due_ms)

    def due(self, until_ms: int) -> list[bytes]:
        """The keys with work for a tick since `until_ms` or earlier, by time and key."""
        found = list(self._due.until(until_ms))
        found += [pair for pair in self.shard.due.until(until_ms) if pair[1] not in self._written]
        return [key for _, key in sorted(found)]

    def records(self) -> list[StateRecord]:
        """The state after this run: one batch of the state log, the position last."""
        written = [
            StateRecord(key, _STAMP.pack(self.position, dated_ms, due_ms) + _encoder.encode(value))
            for key, (dated_ms, due_ms, value) in self._written.items()
        ]
        repaired = [
            StateRecord(key, self.shard.values[key])
            for key in sorted(self.shard.stale)
            if key not in self._written
        ]
        removal = _STAMP.pack(self.position, 0, 0)
        removed = [
            StateRecord(key, removal, removed=True)
            for key in self.shard.swept()
            if key not in self._written and key not in self.shard.stale
        ]
        mark = _STAMP.pack(self.position, self.watermark_ms, 0) + self.marks
        return [*written, *repaired, *removed, StateRecord(POSITION, mark)]
