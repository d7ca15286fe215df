"""rules.md §1: an event id is remembered 72 hours, the newest 1,024 of a visitor."""

import pytest

from streams.rules import repeats
from streams.rules.visitors import Visitor
from tests.streams.builders import (
    DAY,
    LINK,
    MINUTE,
    NOON,
    event,
    hexadecimal,
    landing,
    thanks,
    told,
)


def test_repeated_event_changes_nothing() -> None:
    story = told(*(events := (landing(), thanks())))
    facts, visitor = list(story.facts), story.visitor
    story.tell(*events, *events)
    assert (story.facts, story.visitor) == (facts, visitor)


def test_forgotten_repeat_repeats_the_same_facts() -> None:
    events = (landing(), thanks())
    once, again = told(*events), told(*events)
    assert once.facts == again.facts


def test_event_id_is_remembered_72_hours() -> None:
    first = event()
    within = told(first, event(at_ms=NOON + 3 * DAY), first)
    beyond = told(first, event(at_ms=NOON + 3 * DAY + 1), first)
    assert len(within.facts) == 2
    assert len(beyond.facts) == 3


def test_newest_1024_event_ids_are_remembered() -> None:
    first = event()
    others = [event(at_ms=NOON) for _ in range(1023)]
    assert told(first, *others, first).visitor == told(first, *others).visitor
    more = event(at_ms=NOON)
    assert told(first, *others, more, first).visitor != told(first, *others, more).visitor


def test_an_id_is_not_found_across_two_others() -> None:
    ids = [repeats.key_of(hexadecimal(str(number))) for number in range(3)]
    seen = b""
    for key in ids:
        seen = repeats.remembered(seen, key, NOON)
    straddling = seen[12:28]
    assert all(repeats.known(seen, key) for key in ids)
    assert not repeats.known(seen, straddling)


@pytest.mark.parametrize("wrong", ["", "ab", "no hex digits at all, thirty-two", "00" * 17])
def test_event_id_that_is_none_is_an_error(wrong: str) -> None:
    with pytest.raises(ValueError, match="hex"):
        told(event(id=wrong))


def test_events_of_a_visitor_leave_another_alone() -> None:
    same = event()
    assert told(same).visitor != Visitor()
    assert told(event(id=same.id, visitor=hexadecimal("bob"), at_ms=NOON + MINUTE)).rows


def test_repeat_that_was_forgotten_keeps_the_ids_of_its_facts() -> None:
    before, arrival, after = event(), event(code=LINK), event(at_ms=NOON + 4 * DAY)
    first, second = told(before, arrival, after, arrival).touches
    assert first.touch_id == second.touch_id
