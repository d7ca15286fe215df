from collections.abc import Iterable

import msgspec
import pytest

from ingest import events, topics
from ingest.events import Partitions, Tick
from streams import facts
from streams.facts import Mark
from tests.warehouse.facts_of import (
    NOON,
    candidate,
    conversion,
    event,
    session,
    touch,
)
from warehouse import rows
from warehouse.batch import Batch, Record
from warehouse.loader import TOPICS
from warehouse.tables import Table


def record(topic: str, value: bytes, *, partition: int = 0, offset: int = 10) -> Record:
    return Record(topic, partition, offset, NOON, 7, value)


def batch_of(*records: Record) -> Batch:
    batch = Batch()
    batch.add(records)
    return batch


def cells(batch: Batch, table: Table) -> list[dict[str, object]]:
    return [dict(zip(table.columns, row, strict=True)) for row in batch.rows.get(table, [])]


def column(batch: Batch, table: Table, name: str) -> list[object]:
    return [cell[name] for cell in cells(batch, table)]


def test_an_event_keeps_its_fields_and_its_place() -> None:
    token = events.Token(link="gravel01", clicked_at=NOON - 5, nonce="n", flags=("test",))
    seen = event(order="A-1", token=token, properties={"size": 3})
    lines = events.encode_envelope([Tick(collector="c1", low_ms=1, at_ms=2), seen])
    batch = batch_of(record(events.EVENTS, lines, partition=3))
    (row,) = cells(batch, rows.EVENTS)
    expected = {"id": seen.id, "order": "A-1", "token_link": "gravel01", "pin": 7}
    place = {"partition": 3, "offset": 10, "line": 1, "properties": '{"size":3}'}
    assert {**row, **expected, **place} == row


def test_of_a_repeated_query_parameter_the_first_counts() -> None:
    query = (("utm_source", "first"), ("s1", "a"), ("utm_source", "second"))
    batch = batch_of(record(events.EVENTS, events.encode_envelope([event(query=query)])))
    assert column(batch, rows.EVENTS, "query") == [{"utm_source": "first", "s1": "a"}]


def test_a_conversion_carries_its_candidate_and_both_budgets() -> None:
    decided = conversion(budget_version=3, budget_minor=9, disposition="over_budget")
    batch = batch_of(record(events.CONVERSIONS, facts.encode_line(decided)))
    (row,) = cells(batch, rows.CONVERSIONS)
    assert row["conversion_id"] == decided.candidate.conversion_id
    assert (row["budget_version"], row["budget_minor"]) == (3, 9)
    assert (row["candidate_budget_version"], row["candidate_budget_minor"]) == (1, 150_000)
    assert row["disposition"] == "over_budget"


def test_a_mark_becomes_progress_and_the_newest_of_a_partition_holds() -> None:
    def envelope(*marks: Mark) -> bytes:
        return facts.encode_envelope(marks)

    batch = batch_of(
        record(events.CONVERSIONS, envelope(Mark(source=2, watermark_ms=5)), offset=4),
        record(events.CONVERSIONS, envelope(Mark(source=2, watermark_ms=6)), offset=5),
        record(events.CONVERSIONS, envelope(Mark(source=1, watermark_ms=7)), offset=6),
    )
    assert sorted(batch.marks.values()) == [("conversions", 1, 7, 6), ("conversions", 2, 6, 5)]


def test_reading_goes_on_after_the_last_record_of_each_partition() -> None:
    line = facts.encode_line(touch())
    batch = batch_of(
        record(events.TOUCHES, line, partition=1, offset=8),
        record(events.TOUCHES, line, partition=1, offset=9),
        record(events.TOUCHES, line, partition=2, offset=3),
    )
    assert batch.offsets == {(events.TOUCHES, 1): 10, (events.TOUCHES, 2): 4}


POISON = {
    "no json": b"nonsense",
    "no utf-8": b'{"kind":"Touch","path":"\xed\xa0\x80"}',
    "cut off": facts.encode_line(touch())[:-5],
    "empty": b"",
    "too deep": b"[" * 5000,
    "no table": facts.encode_line(candidate()),
    "a day that is none": facts.encode_line(touch(day="2026-02-30")),
    "a day no column holds": facts.encode_line(touch(day="1815-06-18")),
    "a number too large": facts.encode_line(session(version=1 << 64)),
    "a number below zero": facts.encode_line(conversion(sequence=-1)),
    "an unknown zone": facts.encode_line(conversion(1, zone="Europe/Berlin")).replace(
        b"Europe/Berlin", b"Europe/Nowhere"
    ),
    "a mark of no partition": facts.encode_line(Mark(source=-1, watermark_ms=1)),
}


@pytest.mark.parametrize("line", POISON.values(), ids=POISON.keys())
def test_a_line_that_cant_be_read_becomes_a_dead_letter_and_stops_nothing(line: bytes) -> None:
    value = b"\n".join([facts.encode_line(touch(1)), line, facts.encode_line(touch(2))])
    batch = batch_of(record(events.TOUCHES, value, partition=2, offset=77))
    assert column(batch, rows.TOUCHES, "touch_id") == [touch(1).touch_id, touch(2).touch_id]
    (letter,) = cells(batch, rows.DEAD_LETTERS)
    place = {"topic": events.TOUCHES, "partition": 2, "offset": 77, "line": 1, "at": NOON}
    assert {**letter, **place} == letter
    assert str(letter["reason"]).startswith("The warehouse can't read it: ")


def test_a_poisoned_event_is_set_aside_alone() -> None:
    good = msgspec.json.encode(event(1))
    batch = batch_of(record(events.EVENTS, good + b"\n" + good.replace(str(NOON).encode(), b"{}")))
    assert len(batch.rows[rows.EVENTS]) == 1
    assert len(batch.rows[rows.DEAD_LETTERS]) == 1


def test_a_dead_letter_keeps_the_same_id_and_a_masked_head() -> None:
    line = b'{"mail": "ada@example.com", "other": "bob%40example.org"} ' + b"x" * 600
    first, again = (batch_of(record(events.TOUCHES, line)) for _ in range(2))
    (letter,) = cells(first, rows.DEAD_LETTERS)
    assert str(letter["head"]).startswith('{"mail": "[masked]", "other": "[masked]"} xxx')
    assert len(str(letter["head"])) <= 512
    assert cells(again, rows.DEAD_LETTERS) == [letter]


def test_the_loader_reads_every_topic_that_has_facts_and_a_table() -> None:
    named = {topic.name for topic in topics.topics(Partitions())}
    assert set(TOPICS) < named


def lines_of(count: int) -> Iterable[bytes]:
    return (facts.encode_line(touch(number)) for number in range(count))


def test_a_blank_line_is_counted_so_that_places_are_those_of_the_log() -> None:
    first, second = lines_of(2)
    batch = batch_of(record(events.TOUCHES, first + b"\n\n" + second))
    assert column(batch, rows.DEAD_LETTERS, "line") == [1]
    assert len(batch.rows[rows.TOUCHES]) == 2
