"""The exact pattern: outputs acknowledged, then one atomic state batch, then memory changes.

Delivery is at least once and everything else a function of the source log, so the result is exact:
- a source record is applied only at its shard's position, which stands in the state log;
- the position moves only after the broker acknowledged every output below it;
- a state batch that did not land where our last one ended means another writer: the log decides.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from streams.envelopes import Envelope
from streams.errors import StateTooLarge
from streams.shard import Output, Shard, StateRecord, Work

MAX_STATE_BYTES: Final = 6 << 20
"""A flush of one partition must fit one record batch (the topic takes 9 MiB): larger is halved."""

_RECORD_BYTES: Final = 32
"""What Kafka adds to a record, at most."""


class Logic(Protocol):
    """What a stage decides; the rest of this module does not know it."""

    @property
    def lifetimes(self) -> Mapping[int, int]:
        """How long each kind of value is visible, in ms of watermark."""

    @property
    def decoders(self) -> Mapping[int, msgspec.msgpack.Decoder[Any]]:
        """How each kind of value is read back."""

    async def ready(self, envelope: Envelope) -> None:
        """Return when the envelope can be decided."""

    def apply(self, work: Work, envelope: Envelope) -> None:
        """Put the state and the outputs of every line into the work."""


class Log(Protocol):
    """The broker. Each method tries again while the broker is away."""

    async def deliver(self, outputs: Sequence[Output]) -> None:
        """Return when every line was acknowledged; a line may stand in its topic twice."""

    async def append(self, partition: int, records: Sequence[StateRecord]) -> int | None:
        """Write the records as one batch: its first offset, or None if its fate is unknown."""

    async def catch_up(self, shards: Sequence[Shard]) -> None:
        """Let each shard absorb its state log from its `log_end` to the end as of now."""


class Stage:
    """The shards that this worker owns, and the one lock under which they change."""

    def __init__(self, logic: Logic, log: Log, *, max_state_bytes: int = MAX_STATE_BYTES) -> None:
        self.shards: dict[int, Shard] = {}
        self.lines = 0
        self.fenced = 0
        self._logic = logic
        self._log = log
        self._max_state_bytes = max_state_bytes
        self._parked: dict[int, Shard] = {}
        self._busy = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether a flush or a change of ownership is under way."""
        return self._busy.locked()

    async def revoke(self) -> None:
        """Own nothing, once the running flush has ended; keep the shards as a head start."""
        async with self._busy:
            self._parked |= self.shards
            self.shards = {}

    async def restore(self, partitions: Iterable[int]) -> dict[int, Shard]:
        """The shards of these partitions as the state log has them; not owned yet."""
        async with self._busy:
            shards = {number: self._shard(number) for number in sorted(partitions)}
            await self._log.catch_up(list(shards.values()))
            return shards

    def _shard(self, number: int) -> Shard:
        parked = self._parked.get(number)
        return parked if parked is not None else Shard(number, self._logic.lifetimes)

    def own(self, shards: dict[int, Shard]) -> None:
        """Decide from now on what comes for these shards."""
        self.shards = shards

    async def step(self, envelopes: Sequence[Envelope]) -> set[int]:
        """Decide what is next for the shards; the partitions whose next envelope is missing."""
        async with self._busy:
            return await self._flush(envelopes)

    async def _flush(self, envelopes: Sequence[Envelope]) -> set[int]:
        works, behind = await self._decide(envelopes)
        batches = {number: work.records() for number, work in works.items()}
        if any(_size(batch) > self._max_state_bytes for batch in batches.values()):
            return await self._halves(envelopes)
        await self._log.deliver([output for work in works.values() for output in work.outputs])
        await self._log.deliver([output for work in works.values() for output in work.mark])
        await asyncio.gather(*(self._keep(works[number], batches[number]) for number in works))
        return behind

    async def _decide(self, envelopes: Sequence[Envelope]) -> tuple[dict[int, Work], set[int]]:
        works: dict[int, Work] = {}
        behind: set[int] = set()
        for envelope in envelopes:
            shard = self.shards.get(envelope.partition)
            if shard is None:
                continue  # its owner reads it
            work = works.get(envelope.partition) or Work(shard, self._logic.decoders)
            if envelope.offset == work.position:
                await self._logic.ready(envelope)
                self._logic.apply(work, envelope)
                work.position += 1
                works[envelope.partition] = work
            elif envelope.offset > work.position:
                behind.add(envelope.partition)
        return works, behind

    async def _halves(self, envelopes: Sequence[Envelope]) -> set[int]:
        if len(envelopes) == 1:
            one = envelopes[0]
            raise StateTooLarge(
                f"{one.topic} {one.partition} offset {one.offset} changes more state than "
                f"{self._max_state_bytes} bytes"
            )
        half = len(envelopes) // 2
        return await self._flush(envelopes[:half]) | await self._flush(envelopes[half:])

    async def _keep(self, work: Work, batch: Sequence[StateRecord]) -> None:
        shard = work.shard
        landed = await self._log.append(shard.partition, batch)
        if landed != shard.log_end:
            self.fenced += 1
            await self._log.catch_up([shard])
            return
        for record in batch:
            shard.absorb(record)
        shard.log_end += len(batch)
        self.lines += work.lines


def _size(batch: Collection[StateRecord]) -> int:
    return sum(len(record.key) + len(record.stamped) + _RECORD_BYTES for record in batch)
