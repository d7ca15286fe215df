"""Changes reach the topic completely and in their order, whatever is killed or away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from ingest.events import CATALOG
from partnerships.announcing import announce
from partnerships.catalog import Account, CatalogRecord, Collector, Standing, Terms, decode
from partnerships.kafka_catalog_topic import CATALOG_TOPIC, TopicUnavailable
from partnerships.store.outbox import AHEAD_MS, Outbox
from partnerships.store.store import Store
from tests.partnerships.files import NOW_MS, applied, changed
from tests.partnerships.topics import Reader, create, new_name

PATIENCE_SECONDS = 60
KILLS = 4
CHANGES = 240


def eventually(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


class ListTopic:
    """A topic in memory that fails when it is told to; it may have the record all the same."""

    def __init__(self) -> None:
        self.records: list[CatalogRecord] = []
        self.failures: list[bool] = []

    def publish(self, key: bytes, value: bytes) -> None:
        lands = self.failures.pop(0) if self.failures else None
        record = decode(value)
        assert not isinstance(record, Collector)
        if lands is not False:
            self.records.append(record)
        if lands is not None:
            raise TopicUnavailable("told to fail")


@pytest.fixture
def topic(kafka: str) -> str:
    name = new_name()
    create(kafka, name)
    return name


@contextmanager
def announcer(url: str, broker: str, topic: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.partnerships.announcer", url, broker, topic]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def account(name: str) -> Account:
    return Account(id=name, name=name, zone="UTC", currency="EUR")


def add_accounts(store: Store, numbers: range) -> None:
    for number in numbers:
        with store.changing() as change:
            for part in "ab":
                change.publish(account(f"account-{number}-{part}"))


def test_kill_9_of_the_announcer_loses_and_reorders_nothing(
    store: Store, postgres: str, kafka: str, topic: str
) -> None:
    writer = Thread(target=add_accounts, args=(store, range(CHANGES)))
    writer.start()
    reader = Reader(kafka, topic)
    for _ in range(KILLS):
        with announcer(postgres, kafka, topic) as process:
            goal = len(reader.read) + 25
            eventually(partial(has_read, reader, goal), "more records")
            os.kill(process.pid, signal.SIGKILL)
    writer.join()
    with announcer(postgres, kafka, topic):
        last = store.sequence()
        eventually(lambda: bool(reader.more()) and last in sequences(reader), "the last record")
    first_seen = list(dict.fromkeys(sequences(reader)))
    assert first_seen == list(range(1, 2 * CHANGES + 1))
    assert len(set(reader.read)) == len(first_seen)
    reader.close()


def has_read(reader: Reader, count: int) -> bool:
    return len(reader.more()) >= count


def sequences(reader: Reader) -> list[int]:
    return [record.sequence for record in reader.records() if isinstance(record, Account)]


def test_it_waits_for_a_broker_that_is_not_ready_and_for_a_lost_database(
    store: Store, postgres: str, kafka: str
) -> None:
    name = new_name()
    applied(store)
    with announcer(postgres, kafka, name) as process:
        eventually(lambda: count(store, "frozen_at IS NOT NULL") > 0, "a first try")
        create(kafka, name)
        eventually(lambda: count(store, "published_at IS NULL") == 0, "all announced")
        end_other_sessions(store)
        applied(store, changed("1500.00", "1600.00"))
        eventually(lambda: count(store, "published_at IS NULL") == 0, "the change announced")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def count(store: Store, condition: str) -> int:
    with store.reading() as connection:
        found = connection.scalar(
            text(f"SELECT count(*) FROM partnerships.outbox WHERE {condition}")
        )
    return int(found or 0)


def end_other_sessions(store: Store) -> None:
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    others = " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with store.engine.begin() as connection:
        connection.execute(text(query + others))


def test_only_one_announcer_is_at_work(store: Store) -> None:
    first, second = Outbox(store), Outbox(store)
    with first.listening() as alone:
        assert alone
        with second.listening() as also:
            assert not also
    with second.listening() as alone:
        assert alone


def test_a_change_wakes_the_announcer(store: Store) -> None:
    outbox = Outbox(store)
    with outbox.listening():
        add_accounts(store, range(1))
        began = time.monotonic()
        outbox.wait(PATIENCE_SECONDS)
        assert time.monotonic() - began < PATIENCE_SECONDS / 2


def test_after_a_failure_the_same_record_is_tried_again_before_the_next(store: Store) -> None:
    add_accounts(store, range(3))
    outbox, topic = Outbox(store), ListTopic()
    for landed in (False, True):
        topic.failures = [landed]
        with pytest.raises(TopicUnavailable):
            announce(outbox, topic, lambda: NOW_MS)
    assert announce(outbox, topic, lambda: NOW_MS) == 6
    assert [record.sequence for record in topic.records] == [1, 1, 2, 3, 4, 5, 6]
    assert announce(outbox, topic, lambda: NOW_MS) == 0


def test_later_terms_hold_from_their_announcement_and_repeat_the_same(store: Store) -> None:
    outbox, topic = Outbox(store), ListTopic()
    applied(store)
    announce(outbox, topic, lambda: NOW_MS)
    applied(store, changed("12.00", "14.00"), NOW_MS + 1_000)
    announced_ms = NOW_MS + 3_600_000
    topic.failures = [True]
    with pytest.raises(TopicUnavailable):
        announce(outbox, topic, lambda: announced_ms)
    announce(outbox, topic, lambda: announced_ms + 60_000)
    repeats = [record for record in topic.records if isinstance(record, Terms)][1:]
    assert repeats[0] == repeats[1]
    assert repeats[0].version == 2
    assert repeats[0].effective_from_ms == announced_ms + AHEAD_MS
    assert store.view().get(Terms, "deal") == replace(repeats[0], sequence=0)


def test_first_versions_are_announced_as_the_file_dates_them(store: Store) -> None:
    topic = ListTopic()
    applied(store)
    announce(Outbox(store), topic, lambda: NOW_MS)
    standing = next(record for record in topic.records if isinstance(record, Standing))
    assert standing.effective_from_ms == 1_767_222_000_000


def test_changes_at_once_are_numbered_without_gap_in_the_order_of_commits(store: Store) -> None:
    def change(worker: int) -> None:
        for number in range(10):
            try:
                with store.changing() as change:
                    change.publish(account(f"w{worker}-{number}"))
                    if number % 3 == 2:
                        raise KeyError
            except KeyError:
                continue

    seen: list[int] = []
    workers = [Thread(target=change, args=(worker,)) for worker in range(4)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        seen.append(store.sequence())
        assert count(store, f"sequence <= {seen[-1]}") == seen[-1]
    assert store.sequence() == count(store, "true") == 28


def test_the_topic_is_the_one_that_readers_know() -> None:
    assert CATALOG_TOPIC == CATALOG
