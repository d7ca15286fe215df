"""rules.md §9: what is forwarded is the least low mark, and never goes back."""

from ingest.events import Tick
from streams.rules.marks import Lows, Sources, heard, ticked
from tests.streams.builders import NOON, SECOND


def forwarded(registered: set[str], *ticks: tuple[str, int, int]) -> list[int | None]:
    """Ticks as (collector, low, time of the log), in seconds after noon."""
    lows, found = Lows(), []
    for collector, low, now in ticks:
        tick = Tick(collector=collector, low_ms=NOON + low * SECOND, at_ms=NOON + now * SECOND)
        lows, mark = ticked(lows, tick, tick.at_ms, registered)
        found.append(None if mark is None else (mark - NOON) // SECOND)
    return found


def test_mark_of_the_only_collector_is_forwarded() -> None:
    assert forwarded({"c1"}, ("c1", 5, 6), ("c1", 6, 7)) == [5, 6]


def test_mark_is_forwarded_once_in_a_second_of_the_log() -> None:
    assert forwarded({"c1"}, ("c1", 5, 6), ("c1", 6, 6), ("c1", 7, 7)) == [5, None, 7]


def test_least_mark_of_all_registered_is_forwarded() -> None:
    assert forwarded({"c1", "c2"}, ("c1", 5, 6), ("c2", 3, 7), ("c1", 8, 8)) == [None, 3, 3]


def test_nothing_is_forwarded_until_every_registered_collector_ticked() -> None:
    assert forwarded({"c1", "c2"}, ("c1", 5, 6), ("c1", 6, 7)) == [None, None]


def test_retired_collector_holds_nothing_back() -> None:
    lows, _ = ticked(Lows(), Tick(collector="c2", low_ms=1, at_ms=NOON), NOON, {"c1", "c2"})
    later = NOON + SECOND
    _, mark = ticked(lows, Tick(collector="c1", low_ms=7, at_ms=later), later, {"c1"})
    assert mark == 7


def test_tick_of_an_unregistered_collector_counts_for_nothing() -> None:
    assert forwarded(set(), ("c1", 5, 6)) == [None]
    assert forwarded({"c2"}, ("c1", 5, 6), ("c2", 7, 7)) == [None, 7]


def test_watermark_never_goes_back() -> None:
    assert forwarded({"c1"}, ("c1", 9, 10), ("c1", 4, 11)) == [9, 9]
    lows, _ = ticked(Lows(), Tick(collector="c1", low_ms=9, at_ms=NOON), NOON, {"c1"})
    later = NOON + SECOND
    _, mark = ticked(lows, Tick(collector="c2", low_ms=4, at_ms=later), later, {"c1", "c2"})
    assert mark == 9


def passed_on(partitions: int, *marks: tuple[int, int]) -> list[int | None]:
    sources, found = Sources(), []
    for partition, watermark in marks:
        sources, mark = heard(sources, partition, watermark, partitions)
        found.append(mark)
    return found


def test_least_of_all_partitions_is_passed_on_when_it_rises() -> None:
    assert passed_on(2, (0, 5), (1, 3), (1, 4), (0, 9), (1, 6)) == [None, 3, 4, None, 6]


def test_nothing_is_passed_on_until_every_partition_spoke() -> None:
    assert passed_on(3, (0, 5), (1, 5)) == [None, None]


def test_mark_that_goes_back_is_not_heard() -> None:
    assert passed_on(1, (0, 5), (0, 3), (0, 6)) == [5, None, 6]
