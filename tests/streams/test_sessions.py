"""rules.md §3: which session an event joins, and when a session's row is published."""

import pytest

from tests.streams.builders import DAY, HOUR, MINUTE, NOON, SECOND, at, event, hexadecimal, told


def spans(*minutes: float) -> list[tuple[float, float]]:
    story = told(*(event(at_ms=NOON + round(minute * MINUTE)) for minute in minutes))
    return [((start - NOON) / MINUTE, (end - NOON) / MINUTE) for start, end in story.sessions]


def test_gap_of_29_59_continues_the_session() -> None:
    assert spans(0, 29 + 59 / 60) == [(0, 29 + 59 / 60)]


def test_gap_of_30_00_starts_a_new_session() -> None:
    assert spans(0, 30) == [(0, 0), (30, 30)]


def test_gap_counts_from_the_last_event_not_the_first() -> None:
    assert spans(0, 29, 58) == [(0, 58)]


def test_late_event_less_than_30_minutes_before_joins_and_moves_the_start() -> None:
    assert spans(40, 11) == [(11, 40)]


def test_late_event_30_minutes_before_opens_its_own() -> None:
    assert spans(40, 10) == [(40, 40), (10, 10)]


def test_late_event_between_two_sessions_joins_the_earliest_and_merges_nothing() -> None:
    assert spans(0, 50, 25) == [(0, 25), (50, 50)]


def test_late_event_near_only_the_later_session_joins_that() -> None:
    assert spans(0, 50, 31) == [(0, 0), (31, 50)]


def test_event_equal_to_the_latest_is_not_later_and_joins_the_earliest_near() -> None:
    assert spans(0, 50, 25, 50) == [(0, 50), (50, 50)]


def test_event_later_than_all_continues_the_session_that_ends_last() -> None:
    assert spans(0, 50, 25, 54) == [(0, 25), (50, 54)]


def test_of_sessions_that_end_together_the_one_that_started_first_continues() -> None:
    assert spans(0, 50, 25, 50, 60) == [(0, 60), (50, 50)]


def test_session_is_never_renamed() -> None:
    story = told(event(at_ms=NOON + HOUR), event(at_ms=NOON + HOUR - 5 * MINUTE))
    assert len({session.session_id for session in story.visitor.recent.sessions}) == 1


@pytest.mark.parametrize("verdict", ["bot", "preview", "prefetch"])
def test_only_browsers_make_sessions(verdict: str) -> None:
    assert told(event(verdict=verdict)).sessions == []


@pytest.mark.parametrize("kind", ["click", "conversion"])
def test_clicks_and_server_items_make_no_session(kind: str) -> None:
    assert told(event(kind)).sessions == []


def test_tag_events_make_sessions_too() -> None:
    (row,) = told(event("event")).rows
    assert (row.pages, row.events) == (0, 1)


def test_event_that_is_too_old_makes_no_session() -> None:
    assert told(event(too_old=True)).sessions == []


def test_sessions_are_kept_72_hours_of_watermark() -> None:
    first = event(at_ms=NOON)
    joins = event(at_ms=NOON + MINUTE, received_at=NOON + 3 * DAY)
    opens = event(at_ms=NOON + MINUTE, received_at=NOON + 3 * DAY + 1)
    assert len(told(first, joins).sessions) == 1
    assert told(first, opens).sessions == [(NOON + MINUTE, NOON + MINUTE)]


def test_day_of_a_session_is_that_of_its_start_in_the_advertisers_zone() -> None:
    before_midnight = at("2026-05-04 23:59:59", "Europe/Berlin")
    story = told(event(at_ms=before_midnight), event(at_ms=before_midnight + 2 * SECOND)).tick(
        before_midnight + MINUTE
    )
    assert [row.day for row in story.rows] == ["2026-05-04", "2026-05-04"]


def test_entry_is_the_earliest_event() -> None:
    story = told(
        event(at_ms=NOON, path="/later", referrer_host="b.example"),
        event(at_ms=NOON - MINUTE, received_at=NOON, path="/first", referrer_host="a.example"),
    ).tick(NOON + MINUTE)
    assert (story.rows[-1].entry_path, story.rows[-1].referrer_host) == ("/first", "a.example")


def test_row_is_published_when_opened() -> None:
    (row,) = told(event(cookieless=True)).rows
    assert (row.version, row.pages, row.cookieless) == (1, 1, True)


def test_growing_session_is_published_at_most_once_a_minute() -> None:
    story = told(*(event(at_ms=NOON + second * SECOND) for second in range(0, 150, 10)))
    assert [(row.ended_at - NOON) // SECOND for row in story.rows] == [0, 60, 120]


def test_first_tick_10_s_after_the_last_change_publishes_once_more() -> None:
    story = told(event(at_ms=NOON), event(at_ms=NOON + 5 * SECOND))
    assert len(story.tick(NOON + 15 * SECOND - 1).rows) == 1
    assert [row.version for row in story.tick(NOON + 15 * SECOND).rows] == [1, 2]
    assert len(story.tick(NOON + 60 * SECOND).rows) == 2


def test_tick_publishes_nothing_that_has_not_changed_since() -> None:
    assert len(told(event()).tick(NOON + HOUR).rows) == 1


def test_version_grows_with_every_row() -> None:
    story = told(*(event(at_ms=NOON + minute * MINUTE) for minute in range(20))).tick(NOON + HOUR)
    versions = [row.version for row in story.rows]
    assert versions == sorted(set(versions))


def test_sessions_of_different_visitors_have_different_ids() -> None:
    one, other = event(), event(visitor=hexadecimal("bob"))
    assert told(one).rows[0].session_id != told(other).rows[0].session_id
