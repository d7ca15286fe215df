"""A shard takes the newest state whatever the order of its log, and forgets by its watermark."""

import itertools

import msgspec
import pytest

from streams.shard import POSITION, Shard, StateRecord, Work
from tests.streams.builders import DAY, NOON

KEY, OTHER = b"k1", b"k2"
DECODERS = {KEY[0]: msgspec.msgpack.Decoder(str)}


def shard() -> Shard:
    return Shard(0, {KEY[0]: DAY})


def flushed(before: Shard, now_ms: int, **values: str) -> list[StateRecord]:
    """The state batch of one flush that wrote these values."""
    work = Work(before, DECODERS)
    work.advance(now_ms)
    work.position += 1
    for key, value in values.items():
        work.put(key.encode(), value)
    return work.records()


def absorbed(*batches: list[StateRecord]) -> Shard:
    made = shard()
    for batch in batches:
        for record in batch:
            made.absorb(record)
    return made


def read(of: Shard, key: bytes = KEY) -> object:
    return Work(of, DECODERS).get(key)


def test_position_watermark_and_marks_are_restored() -> None:
    work = Work(shard(), DECODERS)
    work.advance(NOON)
    work.position, work.marks = 7, b"marks"
    restored = absorbed(work.records())
    assert (restored.position, restored.watermark_ms, restored.marks) == (7, NOON, b"marks")


def test_newest_position_wins_in_any_order() -> None:
    one = flushed(shard(), NOON, k1="old", k2="only")
    two = flushed(absorbed(one), NOON + 1, k1="new")
    for order in itertools.permutations([one, two]):
        restored = absorbed(*order)
        assert (read(restored), read(restored, OTHER), restored.position) == ("new", "only", 2)


def test_state_that_an_older_one_overwrote_in_the_log_is_written_again() -> None:
    one = flushed(shard(), NOON, k1="old")
    two = flushed(absorbed(one), NOON + 1, k1="new")
    hurt = absorbed(one, two, one)
    assert hurt.stale == {KEY}
    repair = Work(hurt, DECODERS).records()
    assert KEY in [record.key for record in repair]
    assert read(absorbed(one, repair)) == "new"
    for record in repair:
        hurt.absorb(record)
    assert hurt.stale == set()


def test_value_is_visible_as_long_as_its_lifetime_by_the_watermark() -> None:
    restored = absorbed(flushed(shard(), NOON, k1="here"))
    work = Work(restored, DECODERS)
    work.advance(NOON + DAY)
    assert work.get(KEY) == "here"
    work.advance(NOON + DAY + 1)
    assert work.get(KEY) is None


def test_writing_a_value_dates_it_anew() -> None:
    restored = absorbed(flushed(shard(), NOON, k1="here"))
    work = Work(restored, DECODERS)
    work.advance(NOON + DAY)
    work.put(KEY, "again")
    work.advance(NOON + 2 * DAY)
    assert work.get(KEY) == "again"


def test_value_whose_lifetime_passed_is_swept_from_memory_and_log() -> None:
    one = flushed(shard(), NOON, k1="gone", k2="gone")
    restored = absorbed(one)
    late = flushed(restored, NOON + DAY + 1)
    for record in late:
        restored.absorb(record)
    sweep = Work(restored, DECODERS).records()
    assert {record.key for record in sweep if record.removed} == {KEY, OTHER}
    assert absorbed(one, late, sweep).values == {}


def test_work_changes_nothing_before_it_is_absorbed() -> None:
    made = absorbed(flushed(shard(), NOON, k1="before"))
    work = Work(made, DECODERS)
    work.advance(NOON + 1)
    work.position += 1
    work.put(KEY, "after")
    assert (read(made), made.position, made.watermark_ms) == ("before", 1, NOON)
    assert work.get(KEY) == "after"


def test_watermark_never_goes_back() -> None:
    work = Work(shard(), DECODERS)
    assert [work.advance(NOON), work.advance(NOON - 1)] == [NOON, NOON]


@pytest.mark.parametrize("restored", [False, True])
def test_work_of_ticks_is_found_by_its_time_and_survives_a_restore(
    restored: bool,  # noqa: FBT001
) -> None:
    made = shard()
    work = Work(made, DECODERS)
    work.put(KEY, "late", due_ms=NOON + 2)
    work.put(OTHER, "early", due_ms=NOON + 1)
    work.put(b"k3", "nothing to do")
    if restored:
        made = absorbed(work.records())
        work = Work(made, DECODERS)
    assert work.due(NOON) == []
    assert work.due(NOON + 1) == [OTHER]
    assert work.due(NOON + 2) == [OTHER, KEY]
    work.put(OTHER, "done")
    assert work.due(NOON + 2) == [KEY]


def test_position_stands_last_in_its_batch() -> None:
    assert [record.key for record in flushed(shard(), NOON, k1="a")] == [KEY, POSITION]
