"""How lines become envelopes, and what is promised of them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ingest.delivery import NotDurable
from ingest.envelopes import MAX_ENVELOPE_BYTES, MAX_WAITING_BYTES, Envelopes, Full
from ingest.events import MAX_ENVELOPE_EVENTS, Event, Tick, encode_line, partition_of
from tests.ingest.builders import NOW
from tests.ingest.memory_log import MemoryLog

PARTITIONS = 4
LATER_SECONDS = 0.05
"""Longer than any gap between envelopes."""


def event(number: int = 0, at_ms: int = NOW, visitor: str = "v", path: str = "/") -> Event:
    return Event(
        id=f"{number:032x}",
        site="store",
        type="page",
        visitor=visitor,
        occurred_at=at_ms,
        received_at=at_ms,
        collector="c",
        collected_id="",
        path=path,
    )


def run(case: Callable[[Envelopes, MemoryLog], Awaitable[None]]) -> None:
    async def main() -> None:
        log = MemoryLog()
        await case(Envelopes(log, PARTITIONS, asyncio.get_running_loop()), log)

    asyncio.run(main())


def ids(log: MemoryLog, partition: int) -> list[int]:
    return [int(line.id, 16) for line in log.lines(partition) if isinstance(line, Event)]


def test_a_delivery_is_durable_when_every_line_is_acknowledged() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        delivery = envelopes.send([event(n, visitor=f"v{n}") for n in range(20)])
        waiting = asyncio.ensure_future(delivery.durable())
        await asyncio.sleep(LATER_SECONDS)
        assert not waiting.done()
        log.acknowledge()
        await waiting

    run(case)


def test_one_envelope_a_partition_is_on_its_way_and_the_next_grows_meanwhile() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        for number in range(5):
            envelopes.send([event(number)])
            await asyncio.sleep(LATER_SECONDS / 5)
        assert log.flying == 1
        log.acknowledge()
        await asyncio.sleep(LATER_SECONDS)
        assert [len(lines) for _, lines in log.written] == [1, 4]

    run(case)


def test_order_within_a_partition_is_the_order_of_arrival() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        for number in range(1000):
            envelopes.send([event(number)])
            if number % 97 == 0:
                await asyncio.sleep(0.002)
                log.acknowledge()
        while len(ids(log, partition_of("v", PARTITIONS))) < 1000:
            log.acknowledge()
            await asyncio.sleep(0.002)
        assert ids(log, partition_of("v", PARTITIONS)) == list(range(1000))

    run(case)


def test_a_full_envelope_leaves_at_once_and_holds_no_more() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        envelopes.send([event(n) for n in range(MAX_ENVELOPE_EVENTS + 7)])
        assert [len(lines) for _, lines in log.written] == [MAX_ENVELOPE_EVENTS]
        log.acknowledge()
        await asyncio.sleep(LATER_SECONDS)
        assert [len(lines) for _, lines in log.written] == [MAX_ENVELOPE_EVENTS, 7]

    run(case)


def test_an_envelope_of_large_lines_stays_below_its_bytes() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        envelopes.send([event(n, path="/" + "x" * 60_000) for n in range(40)])
        while len(ids(log, partition_of("v", PARTITIONS))) < 40:
            log.acknowledge()
            await asyncio.sleep(0.002)
        for _, lines in log.written:
            assert sum(len(encode_line(line)) + 1 for line in lines) <= MAX_ENVELOPE_BYTES

    run(case)


def test_a_failed_envelope_fails_its_deliveries_and_the_next_one_leaves() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        lost = envelopes.send([event(1)])
        await asyncio.sleep(LATER_SECONDS)
        kept = envelopes.send([event(2)])
        log.acknowledge("KafkaTimeoutError")
        with pytest.raises(NotDurable, match="KafkaTimeoutError"):
            await lost.durable()
        await asyncio.sleep(LATER_SECONDS)
        log.acknowledge()
        await kept.durable()
        assert envelopes.oldest_ms() is None

    run(case)


def test_the_oldest_receipt_is_what_nobody_acknowledged_yet() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        assert envelopes.oldest_ms() is None
        envelopes.send([event(1, NOW)])
        await asyncio.sleep(LATER_SECONDS)
        envelopes.send([event(2, NOW + 10), event(3, NOW + 20)])
        assert envelopes.oldest_ms() == NOW
        log.acknowledge()
        assert envelopes.oldest_ms() == NOW + 10
        await asyncio.sleep(LATER_SECONDS)
        log.acknowledge()
        assert envelopes.oldest_ms() is None

    run(case)


def test_the_oldest_receipt_moves_on_while_a_partition_never_falls_silent() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        for number in range(10):
            envelopes.send([event(number, NOW + number)])
            log.acknowledge()
            await asyncio.sleep(LATER_SECONDS)
            assert envelopes.oldest_ms() == NOW + number

    run(case)


def test_who_waits_too_long_is_told_and_the_line_still_goes_its_way() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        flying = envelopes.send([event(1, NOW)])
        await asyncio.sleep(LATER_SECONDS)
        waiting, young = envelopes.send([event(2, NOW + 1)]), envelopes.send([event(3, NOW + 9)])
        envelopes.give_up(NOW + 5)
        for delivery in (flying, waiting):
            with pytest.raises(NotDurable):
                await delivery.durable()
        log.acknowledge()
        await asyncio.sleep(LATER_SECONDS)
        log.acknowledge()
        await young.durable()
        assert ids(log, partition_of("v", PARTITIONS)) == [1, 2, 3]

    run(case)


def test_beyond_its_limit_nothing_more_is_taken() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        large = [event(n, path="/" + "x" * 1_000_000) for n in range(10)]
        for _ in range(MAX_WAITING_BYTES // 10_000_000 + 1):
            envelopes.send(large)
        with pytest.raises(Full):
            envelopes.send([event()])
        while log.flying:
            log.acknowledge()
            await asyncio.sleep(0.01)
        envelopes.send([event()])

    run(case)


def test_a_tick_stands_in_every_partition_behind_what_came_before() -> None:
    async def case(envelopes: Envelopes, log: MemoryLog) -> None:
        envelopes.send([event(n, visitor=f"v{n}") for n in range(30)])
        envelopes.tick(Tick(collector="c", low_ms=NOW, at_ms=NOW + 1))
        await asyncio.sleep(LATER_SECONDS)
        for partition in range(PARTITIONS):
            assert isinstance(log.lines(partition)[-1], Tick)

    run(case)
