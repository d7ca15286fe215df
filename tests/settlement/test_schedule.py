"""Days close in order, empty ones too, and not before they are complete."""

from datetime import UTC, date, datetime

import pytest

from settlement.schedule import Asked, EarlierDaysOpen, complete_at, days_to_close, ends_month

FIRST, SECOND, THIRD = date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11)


def test_the_first_close_is_of_the_first_day_with_a_result() -> None:
    assert days_to_close("bikes", FIRST, None, Asked(FIRST)) == [FIRST]


def test_a_day_does_not_close_before_the_days_before_it() -> None:
    with pytest.raises(EarlierDaysOpen, match=r"2026-11-09.*--through 2026-11-10"):
        days_to_close("bikes", FIRST, None, Asked(SECOND))
    assert days_to_close("bikes", FIRST, FIRST, Asked(SECOND)) == [SECOND]


def test_through_closes_all_open_days_in_order_empty_ones_too() -> None:
    assert days_to_close("bikes", FIRST, None, Asked(THIRD, through=True)) == [
        FIRST,
        SECOND,
        THIRD,
    ]


def test_a_closed_day_is_not_closed_again() -> None:
    assert days_to_close("bikes", FIRST, SECOND, Asked(SECOND)) == []
    assert days_to_close("bikes", FIRST, SECOND, Asked(FIRST, through=True)) == []


def test_a_day_is_complete_two_hours_after_its_end_in_the_zone() -> None:
    assert complete_at(THIRD, "Europe/Berlin") == datetime(2026, 11, 12, 1, tzinfo=UTC)
    assert complete_at(THIRD, "America/New_York") == datetime(2026, 11, 12, 7, tzinfo=UTC)


def test_the_last_day_of_a_month_is_known() -> None:
    assert ends_month(date(2026, 2, 28))
    assert not ends_month(date(2028, 2, 28))
