"""When an event happened (rules.md §2)."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.event_time import MAX_AGE_MS, event_time
from tests.ingest.builders import NOW


def test_a_client_clock_that_is_wrong_by_years_is_used_for_differences_only() -> None:
    wrong = NOW - 9 * 365 * 86_400_000
    assert event_time(NOW, wrong - 5_000, wrong, MAX_AGE_MS).at_ms == NOW - 5_000


def test_without_sent_at_it_was_sent_now() -> None:
    assert event_time(NOW, NOW - 5_000, None, MAX_AGE_MS).at_ms == NOW - 5_000


def test_without_occurred_at_it_happened_now() -> None:
    assert event_time(NOW, None, NOW - 99, MAX_AGE_MS) == (NOW, False)


def test_an_event_in_the_future_happened_when_it_was_received() -> None:
    assert event_time(NOW, NOW + 1, NOW, MAX_AGE_MS) == (NOW, False)
    assert event_time(NOW, NOW + 1, None, MAX_AGE_MS) == (NOW, False)


def test_exactly_72_hours_are_not_too_old_and_a_millisecond_more_is() -> None:
    assert event_time(NOW, NOW - MAX_AGE_MS, NOW, MAX_AGE_MS).too_old is False
    assert event_time(NOW, NOW - MAX_AGE_MS - 1, NOW, MAX_AGE_MS).too_old is True


@given(st.integers(0, 10**14), st.none() | st.integers(0, 10**14))
def test_event_time_is_never_negative_nor_after_receipt(
    occurred_at: int, sent_at: int | None
) -> None:
    assert 0 <= event_time(NOW, occurred_at, sent_at, MAX_AGE_MS).at_ms <= NOW
