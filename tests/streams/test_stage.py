"""The exact pattern, on the broker in memory and on a real Kafka."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.aiokafka_log import AiokafkaLog
from streams.envelopes import Envelope
from streams.errors import StateTooLarge
from streams.shard import POSITION, Output, Shard, StateRecord
from streams.stage import Log, Stage
from tests.streams.counting import LIMIT, Counting, names
from tests.streams.memory_log import MemoryLog

_numbers = itertools.count()
Scenario = Callable[["Broker"], Awaitable[None]]


class Broker:
    """Logs that all see the same topics; `lines` reads the outputs."""

    topic = "outputs"

    async def log(self) -> Log:
        raise NotImplementedError

    async def lines(self) -> list[bytes]:
        raise NotImplementedError

    async def stage(self, **options: int) -> Stage:
        stage = Stage(Counting(self.topic), await self.log(), **options)
        stage.own(await stage.restore([0]))
        return stage


class InMemory(Broker):
    def __init__(self) -> None:
        self.memory = MemoryLog()

    async def log(self) -> Log:
        return self.memory

    async def lines(self) -> list[bytes]:
        return self.memory.all_lines(self.topic)


class OnKafka(Broker):
    def __init__(self, kafka: str) -> None:
        number = next(_numbers)
        self.topic, self._state = f"stage-outputs-{number}", f"stage-state-{number}"
        self._kafka = kafka
        self._logs: list[AiokafkaLog] = []

    async def log(self) -> Log:
        log = AiokafkaLog([self._kafka], self._state)
        await log.start()
        self._logs.append(log)
        return log

    async def lines(self) -> list[bytes]:
        place = TopicPartition(self.topic, 0)
        reader = AIOKafkaConsumer(bootstrap_servers=self._kafka, enable_auto_commit=False)
        await reader.start()
        try:
            end = (await reader.end_offsets([place]))[place]
            reader.assign([place])
            reader.seek(place, 0)
            found: list[bytes] = []
            while await reader.position(place) < end:
                for records in (await reader.getmany(timeout_ms=500)).values():
                    found += [line for one in records for line in one.value.split(b"\n")]
            return found
        finally:
            await reader.stop()

    @asynccontextmanager
    async def topics(self) -> AsyncIterator[None]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._kafka)
        await admin.start()
        await admin.create_topics([NewTopic(name, 1, 1) for name in (self.topic, self._state)])
        try:
            yield
        finally:
            for log in self._logs:
                await log.stop()
            await admin.delete_topics([self.topic, self._state])
            await admin.close()


@pytest.fixture(params=["memory", "kafka"])
def run(request: pytest.FixtureRequest) -> Callable[[Scenario], None]:
    """Runs a scenario on one of the two brokers."""

    async def on_kafka(scenario: Scenario) -> None:
        broker = OnKafka(request.getfixturevalue("kafka"))
        async with broker.topics():
            await scenario(broker)

    async def in_memory(scenario: Scenario) -> None:
        await scenario(InMemory())

    chosen = on_kafka if request.param == "kafka" else in_memory
    if request.param == "kafka":
        request.getfixturevalue("kafka")
    return lambda scenario: asyncio.run(chosen(scenario))


def admitted(lines: list[bytes]) -> int:
    """How many names were admitted; a repeat is no second one."""
    return sum(b" admitted " in line for line in set(lines))


def unequal_repeats(lines: list[bytes]) -> list[str]:
    """Names that were decided in two ways."""
    decided = Counter(line.split(b" ")[0].decode() for line in set(lines))
    return [name for name, count in decided.items() if count > 1]


def test_every_envelope_is_decided_once_in_its_order(run: Callable[[Scenario], None]) -> None:
    async def scenario(broker: Broker) -> None:
        stage = await broker.stage()
        assert await stage.step(names(0, 5)) == set()
        await stage.step(names(3, 8))
        lines = await broker.lines()
        assert [line.split(b" ")[0] for line in lines] == [b"name%d" % n for n in range(8)]

    run(scenario)


def test_missing_envelope_is_asked_for_and_nothing_after_it_decided(
    run: Callable[[Scenario], None],
) -> None:
    async def scenario(broker: Broker) -> None:
        stage = await broker.stage()
        assert await stage.step([*names(0, 2), *names(3, 5)]) == {0}
        assert stage.shards[0].position == 2
        assert len(await broker.lines()) == 2

    run(scenario)


def test_envelope_of_another_owner_is_left_to_it(run: Callable[[Scenario], None]) -> None:
    async def scenario(broker: Broker) -> None:
        stage = await broker.stage()
        assert await stage.step(names(0, 3, partition=1)) == set()
        await stage.revoke()
        assert await stage.step(names(0, 3)) == set()
        assert await broker.lines() == []

    run(scenario)


def test_restored_shard_is_the_one_that_was_written(run: Callable[[Scenario], None]) -> None:
    async def scenario(broker: Broker) -> None:
        one, other = await broker.stage(), None
        await one.step(names(0, 40))
        await one.step(names(40, 60))
        other = await broker.stage()
        assert other.shards[0].position == 60
        assert other.shards[0].values == one.shards[0].values
        assert other.shards[0].log_end == one.shards[0].log_end

    run(scenario)


def test_shard_that_returns_reads_only_what_is_new(run: Callable[[Scenario], None]) -> None:
    async def scenario(broker: Broker) -> None:
        one, other = await broker.stage(), await broker.stage()
        await one.step(names(0, 10))
        await one.revoke()
        other.own(await other.restore([0]))
        await other.step(names(10, 20))
        one.own(await one.restore([0]))
        assert one.shards[0].position == 20
        assert one.shards[0].values == other.shards[0].values

    run(scenario)


def test_outputs_of_any_amount_fit_a_topic(run: Callable[[Scenario], None]) -> None:
    """A topic takes 1 MiB at once by default; a backlog's flush may hold many times that."""

    async def scenario(broker: Broker) -> None:
        log = await broker.log()
        outputs = [
            Output(broker.topic, 0, b"%06d" % number + b"x" * 2000) for number in range(3000)
        ]
        await log.deliver(outputs)
        assert sorted(set(await broker.lines())) == [output.line for output in outputs]

    run(scenario)


def test_flush_too_large_for_a_batch_is_halved(run: Callable[[Scenario], None]) -> None:
    async def scenario(broker: Broker) -> None:
        stage = await broker.stage(max_state_bytes=2000)
        await stage.step(names(0, 64))
        assert stage.shards[0].position == 64
        assert admitted(await broker.lines()) == 64

    run(scenario)


def test_envelope_too_large_for_a_batch_is_an_error(run: Callable[[Scenario], None]) -> None:
    async def scenario(broker: Broker) -> None:
        stage = await broker.stage(max_state_bytes=100)
        with pytest.raises(StateTooLarge, match="offset 0"):
            await stage.step(names(0, 1))

    run(scenario)


class Frozen:
    """A writer that decided and delivered, and was stopped just before its state write."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def decide(self, envelopes: list[Envelope]) -> None:
        self._works, _ = await self._stage._decide(envelopes)
        self._batches = {number: work.records() for number, work in self._works.items()}
        for work in self._works.values():
            await self._stage._log.deliver(work.outputs)

    async def wake(self) -> None:
        for number, work in self._works.items():
            await self._stage._keep(work, self._batches[number])


async def zombie(broker: Broker, *, owner_writes_again: bool) -> None:
    """It wakes after the owner went on; the owner dies, and a third worker takes over."""
    first = await broker.stage()
    await first.step(names(0, 60))
    frozen = Frozen(first)
    await frozen.decide(names(60, 80))
    owner = await broker.stage()
    await owner.step(names(60, 120))
    await frozen.wake()
    if owner_writes_again:
        await owner.step(names(120, 121))
        await owner.step(names(121, 122))
        if isinstance(broker, InMemory):
            broker.memory.compact()
    third = await broker.stage()
    await third.step(names(third.shards[0].position, 300))


@pytest.mark.parametrize("owner_writes_again", [False, True])
def test_writer_that_lost_its_partition_cannot_overdraw(
    run: Callable[[Scenario], None],
    owner_writes_again: bool,  # noqa: FBT001
) -> None:
    async def scenario(broker: Broker) -> None:
        await zombie(broker, owner_writes_again=owner_writes_again)
        lines = await broker.lines()
        assert len({line.split(b" ")[0] for line in lines}) == 300
        assert (admitted(lines), unequal_repeats(lines)) == (LIMIT, [])

    run(scenario)


def test_without_the_fence_such_a_writer_overdraws() -> None:
    """The scenario above can fail: where the last write wins, 190 of 150 are admitted."""

    class LastWriteWins(Shard):
        def absorb(self, record: StateRecord) -> None:
            if record.key == POSITION:
                self.position = -1
            else:
                self.values.pop(record.key, None)
            super().absorb(record)

    class Unfenced(Stage):
        def _shard(self, number: int) -> Shard:
            return LastWriteWins(number, self._logic.lifetimes)

    class UnfencedBroker(InMemory):
        async def stage(self, **options: int) -> Stage:
            stage = Unfenced(Counting(self.topic), self.memory, **options)
            stage.own(await stage.restore([0]))
            return stage

    broker = UnfencedBroker()
    asyncio.run(zombie(broker, owner_writes_again=False))
    assert admitted(asyncio.run(broker.lines())) == 190


def test_fence_is_counted(run: Callable[[Scenario], None]) -> None:
    async def scenario(broker: Broker) -> None:
        one, other = await broker.stage(), await broker.stage()
        await one.step(names(0, 10))
        await other.step(names(0, 10))
        assert (one.fenced, other.fenced) == (0, 1)
        assert other.shards[0].values == one.shards[0].values

    run(scenario)
