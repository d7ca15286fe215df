"""The loader on a real broker and a real engine, killed and deprived of both."""

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest import events, kafka_topics, topics
from ingest.events import Partitions
from streams import facts
from streams.facts import Conversion, DeadLetter, Mark, Source
from tests.engines import free_ports, running_kafka
from tests.warehouse.clickhouse_process import ClickHouseProcess
from tests.warehouse.facts_of import NOON, conversion, event, hexed, session, touch
from tests.warehouse.loading import Logs, eventually, loader
from warehouse.kafka_log import KafkaLog
from warehouse.loader import TOPICS
from warehouse.migrations import migrate
from warehouse.store import Store

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of these tests alone: the loader's topics and group have fixed names."""
    with running_kafka(tmp_path_factory.mktemp("kafka")) as address:
        kafka_topics.apply_topics([address], topics.topics(Partitions()), 1)
        yield address


@pytest.fixture(scope="module")
def logs(broker: str) -> Iterator[Logs]:
    logs = Logs(broker)
    yield logs
    logs.close()


@pytest.fixture
def agreement() -> str:
    """Of this test alone: what an earlier test left in the logs is not counted."""
    return f"agreement-{next(_numbers)}"


def some(agreement: str, first: int, count: int) -> list[Conversion]:
    """Conversions that no other test has."""
    return [
        conversion(
            number,
            agreement_id=agreement,
            conversion_id=hexed(agreement, number),
            received_at=NOON + number,
        )
        for number in range(first, first + count)
    ]


def loaded(store: Store, agreement: str) -> int:
    query = "SELECT count() FROM conversions FINAL WHERE agreement_id = %(agreement)s"
    return int(store.execute(query, {"agreement": agreement}).rows[0][0])


def table_rows(store: Store, table: str) -> list[dict[str, Any]]:
    answer = store.execute(f"SELECT * FROM {table} FINAL")
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


def test_every_line_becomes_a_row_and_offsets_follow(
    broker: str, logs: Logs, store: Store, clickhouse_database: str, tmp_path: Path
) -> None:
    letter = DeadLetter(
        dead_letter_id=hexed("letter"),
        reason="no site",
        at_ms=NOON,
        head="{",
        source=Source(events.EVENTS, 1, 2, 3),
    )
    with loader(broker, clickhouse_database, tmp_path):
        logs.send([event(1), event(2)])
        for line in (session(1), touch(1), letter, conversion(1)):
            logs.send([line])
        logs.send([Mark(source=1, watermark_ms=NOON + 5)])
        sent = dict.fromkeys(TOPICS, 1) | {events.CONVERSIONS: 2}
        for topic, end in sent.items():
            eventually(partial(is_committed, logs, topic, end), f"{topic} is committed")
    assert {row["id"] for row in table_rows(store, "events")} == {event(1).id, event(2).id}
    assert [row["pin"] for row in table_rows(store, "events")] == [7, 7]
    assert [row["session_id"] for row in table_rows(store, "sessions")] == [session(1).session_id]
    assert [row["touch_id"] for row in table_rows(store, "touches")] == [touch(1).touch_id]
    assert [row["sequence"] for row in table_rows(store, "conversions")] == [1]
    assert [row["reason"] for row in table_rows(store, "dead_letters")] == ["no site"]
    assert [row["partition"] for row in table_rows(store, "pipeline_progress")] == [1]


def is_committed(logs: Logs, topic: str, end: int) -> bool:
    return logs.committed(topic) >= end


def test_a_poisoned_line_is_set_aside_and_those_behind_it_are_loaded(
    broker: str, logs: Logs, store: Store, clickhouse_database: str, tmp_path: Path, agreement: str
) -> None:
    first, second = (facts.encode_line(line) for line in some(agreement, 1, 2))
    logs.send_value(events.CONVERSIONS, first + b"\n{poison ada@example.com\n" + second)
    logs.send_value(events.CONVERSIONS, b"\xff\xfe")
    end = logs.send_value(events.CONVERSIONS, facts.encode_line(some(agreement, 3, 1)[0])) + 1
    with loader(broker, clickhouse_database, tmp_path):
        eventually(partial(is_committed, logs, events.CONVERSIONS, end), "all is committed")
    assert loaded(store, agreement) == 3
    letters = sorted(table_rows(store, "dead_letters"), key=lambda row: row["offset"])
    assert [(row["offset"], row["line"]) for row in letters] == [(end - 3, 1), (end - 2, 0)]
    assert letters[0]["head"] == "{poison [masked]"


def test_killed_at_any_moment_it_repeats_and_loses_nothing(
    broker: str, logs: Logs, store: Store, clickhouse_database: str, tmp_path: Path, agreement: str
) -> None:
    for step in range(2):
        logs.send(some(agreement, step * 4_000, 4_000), partition=step)
        with loader(broker, clickhouse_database, tmp_path) as killed:
            more_than = partial(loads_more_than, store, agreement, step * 4_000)
            eventually(more_than, "some are loaded")
            killed.kill()
    logs.send(some(agreement, 8_000, 1))
    with loader(broker, clickhouse_database, tmp_path):
        eventually(lambda: loaded(store, agreement) == 8_001, "all are loaded")
    query = "SELECT uniqExact(conversion_id) FROM conversions WHERE agreement_id = %(agreement)s"
    assert store.execute(query, {"agreement": agreement}).rows == [(8_001,)]


def loads_more_than(store: Store, agreement: str, count: int) -> bool:
    return loaded(store, agreement) > count


def test_while_clickhouse_is_away_nothing_is_committed_and_then_it_catches_up(
    broker: str, logs: Logs, tmp_path: Path, agreement: str
) -> None:
    with ClickHouseProcess(tmp_path) as server, Store(server.url) as store:
        migrate(store)
        with loader(broker, server.url, tmp_path) as process:
            logs.send(some(agreement, 0, 100))
            eventually(lambda: loaded(store, agreement) == 100, "the first are loaded")
            server.kill()
            logs.send(some(agreement, 100, 5_000))
            eventually(lambda: process.said("waiting for clickhouse"), "it notices")
            before = logs.committed(events.CONVERSIONS)
            logs.send(some(agreement, 5_100, 5_000))
            assert logs.committed(events.CONVERSIONS) == before
            server.start()
            eventually(lambda: loaded(store, agreement) == 10_100, "it catches up")
            eventually(lambda: process.said("clickhouse answers again"), "it says so")
            eventually(lambda: logs.committed(events.CONVERSIONS) > before, "it commits")


def test_a_mark_is_never_seen_before_the_rows_it_speaks_for(
    broker: str, logs: Logs, store: Store, clickhouse_database: str, tmp_path: Path, agreement: str
) -> None:
    marks = set()

    def shows(expected_ms: int) -> bool:
        mark, latest = store.execute(_MARK_AND_LATEST, {"agreement": agreement}).rows[0]
        assert mark is None or latest >= mark
        marks.add(mark)
        return bool(mark == datetime.fromtimestamp(expected_ms / 1000, UTC))

    with loader(broker, clickhouse_database, tmp_path):
        for step in range(5):
            last = NOON + step * 200 + 200
            logs.send(some(agreement, step * 200 + 1, 200), partition=3)
            logs.send([Mark(source=3, watermark_ms=last)], partition=3)
            eventually(partial(shows, last), "the mark is loaded")
    assert len(marks) >= 5


_MARK_AND_LATEST = """
SELECT
    (SELECT maxOrNull(watermark) FROM pipeline_progress WHERE partition = 3),
    (SELECT max(received_at) FROM conversions WHERE agreement_id = %(agreement)s)
"""


def test_two_loaders_share_the_logs_and_one_takes_over(
    broker: str, logs: Logs, store: Store, clickhouse_database: str, tmp_path: Path, agreement: str
) -> None:
    with (
        loader(broker, clickhouse_database, tmp_path) as first,
        loader(broker, clickhouse_database, tmp_path) as second,
    ):
        for partition in range(4):
            logs.send(some(agreement, partition * 1_000, 1_000), partition)
        eventually(lambda: loaded(store, agreement) == 4_000, "both load")
        assert first.stop() == 0
        for partition in range(4):
            logs.send(some(agreement, (4 + partition) * 1_000, 1_000), partition)
        eventually(lambda: loaded(store, agreement) == 8_000, "the other takes over")
        assert second.stop() == 0


def test_it_waits_for_its_tables(
    broker: str, logs: Logs, clickhouse_database: str, tmp_path: Path, agreement: str
) -> None:
    logs.send(some(agreement, 0, 10))
    with (
        loader(broker, clickhouse_database, tmp_path) as process,
        Store(clickhouse_database) as store,
    ):
        eventually(lambda: process.said("python -m warehouse migrate"), "it says what to do")
        migrate(store)
        eventually(lambda: loaded(store, agreement) == 10, "it begins")
        assert process.stop() == 0


def test_a_paused_log_reads_nothing_and_loses_nothing(broker: str, logs: Logs) -> None:
    end = 0
    for number in range(200):
        end = logs.send_value(events.TOUCHES, f"{number}".encode(), partition=5) + 1
    log = KafkaLog([broker], [events.TOUCHES])
    try:
        offsets: list[int] = []
        deadline = time.monotonic() + 60
        while len(offsets) < 200:
            assert time.monotonic() < deadline, f"read {len(offsets)}"
            offsets += [record.offset for record in log.read(0.2) if record.partition == 5]
            log.pause(0.05)
        assert offsets == list(range(end - 200, end))
        logs.send_value(events.TOUCHES, b"after", partition=5)
        log.pause(0.5)
        assert [record.value for record in log.read(5)] == [b"after"]
        log.commit({(events.TOUCHES, 5): end + 1})
        assert logs.committed(events.TOUCHES, 5) == end + 1
    finally:
        log.close()


def test_a_log_without_a_broker_waits_for_it() -> None:
    (port,) = free_ports(1)
    log = KafkaLog([f"127.0.0.1:{port}"], [events.TOUCHES])
    try:
        assert [log.read(0.3) for _ in range(5)] == [[]] * 5
        log.pause(0.1)
    finally:
        log.close()
