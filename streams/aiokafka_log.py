"""The broker as a stage uses it: outputs, and the state logs, through aiokafka.

Not an idempotent producer: in aiokafka a batch of one that times out leaves a sequence gap, and
every later send fails. Repeats cost nothing here: outputs carry ids, and a state batch that landed
twice is noticed by where the next one lands.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, KafkaTimeoutError

from streams.shard import Output, Shard, StateRecord

T = TypeVar("T")
BrokerError = KafkaError
"""Trouble with the broker that does not pass by itself."""

_MAX_REQUEST_BYTES: Final = 9 << 20
"""A state log takes batches up to this size."""

_OUTPUT_BYTES: Final = 384 << 10
_OUTPUT_BATCH_BYTES: Final = 768 << 10
"""Output records, and the batches they travel in, stay below the 1 MiB that a topic takes."""

_OUTPUT_LINES: Final = 500
_REQUEST_MS: Final = 20_000
_RESTORE_RECORDS: Final = 20_000
_DELAYS_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
_STAMP_HEADER: Final = "stamp"

_log = structlog.get_logger("streams")


class AiokafkaLog:
    """A producer for outputs and one for state; a reader for each restore of `state_topic`.

    They differ in the size of a batch: a flush's state is one, however large.
    """

    def __init__(self, kafka: Sequence[str], state_topic: str) -> None:
        self._kafka = list(kafka)
        self._state_topic = state_topic
        self._outputs: Any = None
        self._states: Any = None

    async def start(self) -> None:
        """Connect; raises KafkaConnectionError when the broker does not answer."""
        if self._outputs is None:
            self._outputs = await self._started_producer(_OUTPUT_BATCH_BYTES)
        if self._states is None:
            self._states = await self._started_producer(_MAX_REQUEST_BYTES)

    async def stop(self) -> None:
        """Send what is under way and disconnect."""
        for producer in (self._outputs, self._states):
            if producer is not None:
                await producer.stop()
        self._outputs = self._states = None

    async def deliver(self, outputs: Sequence[Output]) -> None:
        """Return when every line was acknowledged, however long the broker is away."""
        waiting = list(_packed(outputs))
        for delay in _delays():
            if not waiting:
                return
            sends = [self._send(topic, number, value) for topic, number, value in waiting]
            answers = await asyncio.gather(*sends, return_exceptions=True)
            failed = [answer for answer in answers if isinstance(answer, BaseException)]
            waiting = [
                packed
                for packed, answer in zip(waiting, answers, strict=True)
                if isinstance(answer, BaseException)
            ]
            if failed:
                await _wait(failed, delay)

    async def append(self, partition: int, records: Sequence[StateRecord]) -> int | None:
        """Write the records as one atomic batch: its first offset, or None: perhaps written."""
        batch = self._states.create_batch()
        for record in records:
            written = batch.append(
                timestamp=None,
                key=record.key,
                value=None if record.removed else record.stamped,
                headers=[(_STAMP_HEADER, record.stamped)] if record.removed else [],
            )
            assert written is not None, "a state batch is checked to fit before it is written"
        batch.close()
        try:
            sent = await self._states.send_batch(batch, self._state_topic, partition=partition)
            offset: int = (await sent).offset
        except KafkaError as error:
            await _wait([error], _DELAYS_SECONDS[0])
            return None
        return offset

    async def catch_up(self, shards: Sequence[Shard]) -> None:
        """Let each shard absorb its part of the state log, from its `log_end` to the end now."""
        if shards:
            await _patiently(lambda: self._catch_up(shards))

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""
        return len(await _patiently(lambda: self._outputs.partitions_for(topic)))

    async def held(self, topic: str, partitions: Iterable[int]) -> dict[int, range]:
        """The offsets that stand in each partition of a topic."""
        wanted = {TopicPartition(topic, number): number for number in partitions}
        return await _patiently(lambda: self._held(wanted)) if wanted else {}

    async def _started_producer(self, batch_bytes: int) -> Any:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._kafka,
            acks="all",
            max_batch_size=batch_bytes,
            max_request_size=_MAX_REQUEST_BYTES,
            request_timeout_ms=_REQUEST_MS,
            retry_backoff_ms=200,
        )
        await producer.start()
        return producer

    async def _send(self, topic: str, partition: int, value: bytes) -> None:
        await self._outputs.send_and_wait(topic, value, partition=partition)

    async def _catch_up(self, shards: Sequence[Shard]) -> None:
        reader = self._reader()
        await reader.start()
        try:
            todo = {TopicPartition(self._state_topic, shard.partition): shard for shard in shards}
            ends: dict[TopicPartition, int] = await reader.end_offsets(list(todo))
            reader.assign(list(todo))
            for place, shard in todo.items():
                reader.seek(place, shard.log_end)
            while todo:
                for place in [one for one in todo if await reader.position(one) >= ends[one]]:
                    todo.pop(place).log_end = ends[place]
                    reader.pause(place)
                found = await reader.getmany(timeout_ms=200, max_records=_RESTORE_RECORDS)
                for place, records in found.items():
                    if place in todo:
                        _absorb(todo[place], records, ends[place])
        finally:
            await reader.stop()

    async def _held(self, wanted: dict[Any, int]) -> dict[int, range]:
        reader = self._reader()
        await reader.start()
        try:
            firsts = await reader.beginning_offsets(list(wanted))
            ends = await reader.end_offsets(list(wanted))
        finally:
            await reader.stop()
        return {number: range(firsts[place], ends[place]) for place, number in wanted.items()}

    def _reader(self) -> Any:
        return AIOKafkaConsumer(
            bootstrap_servers=self._kafka,
            enable_auto_commit=False,
            fetch_max_bytes=64 << 20,
            max_partition_fetch_bytes=_MAX_REQUEST_BYTES,
        )


def _absorb(shard: Shard, records: Iterable[Any], end: int) -> None:
    for record in records:
        if record.offset < end:
            removed = record.value is None
            stamped = record.headers[0][1] if removed else record.value
            shard.absorb(StateRecord(record.key, stamped, removed))


def _packed(outputs: Iterable[Output]) -> Iterator[tuple[str, int, bytes]]:
    """Envelopes of bounded size, the lines of a partition in their order."""
    lines: dict[tuple[str, int], list[bytes]] = defaultdict(list)
    for output in outputs:
        lines[output.topic, output.partition].append(output.line)
    for (topic, partition), all_lines in lines.items():
        batch: list[bytes] = []
        size = 0
        for line in all_lines:
            if batch and (len(batch) >= _OUTPUT_LINES or size + len(line) > _OUTPUT_BYTES):
                yield topic, partition, b"\n".join(batch)
                batch, size = [], 0
            batch.append(line)
            size += len(line) + 1
        yield topic, partition, b"\n".join(batch)


def _delays() -> Iterator[float]:
    yield from _DELAYS_SECONDS
    while True:  # an outage may last: what is decided waits for the broker, for ever
        yield _DELAYS_SECONDS[-1]


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    for delay in _delays():
        try:
            return await attempt()
        except KafkaError as error:
            await _wait([error], delay)
    raise AssertionError("there is always another delay")


async def _wait(errors: Sequence[BaseException], delay: float) -> None:
    """Wait if all of it is trouble that passes; raise what is not."""
    for error in errors:
        # KafkaTimeoutError does not call itself retriable, although nothing else helps.
        passes = isinstance(error, KafkaTimeoutError) or getattr(error, "retriable", False)
        if not passes:
            raise error
    _log.warning("broker trouble, trying again", error=repr(errors[0]), seconds=delay)
    await asyncio.sleep(delay)
