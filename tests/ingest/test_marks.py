"""What a collector says of itself: registered, ready, how far its log has come (rules.md §9)."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ingest.clock import Clock
from ingest.collector import Collector, Unavailable, WrongPartitions
from ingest.envelopes import Envelopes
from ingest.events import Event, Tick
from ingest.snapshot import Snapshot
from ingest.state import State
from partnerships.catalog import Collector as Registration
from partnerships.catalog import decode
from tests.ingest.builders import known
from tests.ingest.memory_log import MemoryLog

PARTITIONS = 4
PATIENCE_SECONDS = 10


class MemoryCatalog:
    """A catalog topic in memory: what is written is read at once, when it may be read."""

    def __init__(self) -> None:
        self.at_end = True
        self.current: Snapshot = known()
        self.registrations: list[Registration] = []
        self.found_partitions = PARTITIONS

    def collector(self, collector_id: str) -> Registration | None:
        found = [one for one in self.registrations if one.id == collector_id]
        return found[-1] if found else None

    async def partitions(self) -> int:
        return self.found_partitions

    async def write_catalog(self, key: bytes, value: bytes) -> str:
        record = decode(value)
        assert isinstance(record, Registration)
        self.registrations.append(record)
        return ""


class Bench:
    """A running collector whose log and catalog are the test's."""

    def __init__(self, folder: Path) -> None:
        self.log = MemoryLog()
        self.catalog = MemoryCatalog()
        self.state = State(folder)
        self.clock = Clock()
        self.envelopes = Envelopes(self.log, PARTITIONS, asyncio.get_running_loop())
        self.collector = Collector(
            self.state, self.clock, self.catalog, self.catalog, self.envelopes
        )

    def event(self) -> Event:
        receipt = self.collector.receipt()
        return Event(
            id="0" * 32,
            site="store",
            type="page",
            visitor="v",
            occurred_at=receipt.received_at,
            received_at=receipt.received_at,
            collector=receipt.collector,
            collected_id=receipt.next_id(),
        )

    def ticks(self) -> list[Tick]:
        return [line for _, lines in self.log.written for line in lines if isinstance(line, Tick)]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(0.005)

    async def until_ready(self) -> None:
        await self.until(lambda: self.log.flying)
        self.log.acknowledge()
        await self.until(lambda: not self.collector.unready())


def run(folder: Path, case: Callable[[Bench], Awaitable[None]]) -> None:
    async def main() -> None:
        bench = Bench(folder)
        running = asyncio.create_task(bench.collector.run(PARTITIONS))
        try:
            await case(bench)
        finally:
            running.cancel()
            bench.state.close()

    asyncio.run(main())


def test_it_is_ready_when_its_first_ticks_are_acknowledged(tmp_path: Path) -> None:
    async def case(bench: Bench) -> None:
        await bench.until(lambda: bench.log.flying == PARTITIONS)
        assert bench.collector.unready() == ["Kafka does not acknowledge"]
        bench.log.acknowledge()
        await bench.until(lambda: not bench.collector.unready())

    run(tmp_path, case)


def test_it_registers_once_and_after_its_retirement_again(tmp_path: Path) -> None:
    async def first(bench: Bench) -> None:
        await bench.until(lambda: bench.collector.open)
        assert len(bench.catalog.registrations) == 1

    async def again(bench: Bench) -> None:
        known_before = Registration(id=bench.state.id, registered_at_ms=1)
        bench.catalog.registrations.append(known_before)
        await bench.until(lambda: bench.collector.open)
        assert bench.catalog.registrations == [known_before]

    async def retired(bench: Bench) -> None:
        bench.catalog.registrations.append(
            Registration(id=bench.state.id, registered_at_ms=1, retired_at_ms=2)
        )
        await bench.until(lambda: bench.collector.open)
        assert bench.catalog.registrations[-1].retired_at_ms is None

    for case in (first, again, retired):
        run(tmp_path, case)


def test_before_the_catalog_is_read_it_is_not_open(tmp_path: Path) -> None:
    async def case(bench: Bench) -> None:
        bench.catalog.at_end = False
        await asyncio.sleep(0.3)
        assert not bench.collector.open
        assert bench.collector.unready() == ["the catalog is not read to its end"]
        bench.catalog.at_end = True
        await bench.until(lambda: bench.collector.open)

    run(tmp_path, case)


def test_a_tick_claims_nothing_that_is_not_acknowledged(tmp_path: Path) -> None:
    async def case(bench: Bench) -> None:
        await bench.until_ready()
        before = len(bench.ticks())
        event = bench.event()
        storing = asyncio.create_task(bench.collector.store([event]))
        await bench.until(lambda: bench.log.flying)
        await bench.until(lambda: len(bench.ticks()) > before)
        assert {tick.low_ms for tick in bench.ticks()[before:]} == {event.received_at}
        bench.log.acknowledge()
        await storing
        await bench.until(lambda: bench.log.flying)
        bench.log.acknowledge()
        await bench.until(lambda: bench.ticks()[-1].low_ms > event.received_at)

    run(tmp_path, case)


def test_a_refused_envelope_promises_nothing_and_holds_no_mark(tmp_path: Path) -> None:
    async def case(bench: Bench) -> None:
        await bench.until_ready()
        storing = asyncio.create_task(bench.collector.store([bench.event()]))
        await bench.until(lambda: bench.log.flying)
        bench.log.acknowledge("NotEnoughReplicasError")
        with pytest.raises(Unavailable, match="NotEnoughReplicas"):
            await storing
        assert bench.envelopes.oldest_ms() is None

    run(tmp_path, case)


def test_the_clock_is_kept_with_every_tick(tmp_path: Path) -> None:
    async def case(bench: Bench) -> None:
        await bench.until(bench.ticks)
        assert bench.state.clock_ms() == bench.ticks()[0].at_ms

    run(tmp_path, case)


def test_another_count_of_partitions_stops_it(tmp_path: Path) -> None:
    async def main() -> None:
        bench = Bench(tmp_path)
        bench.catalog.found_partitions = PARTITIONS + 1
        with pytest.raises(WrongPartitions, match="COUNTERFOIL_PARTITIONS"):
            await bench.collector.run(PARTITIONS)

    asyncio.run(main())
