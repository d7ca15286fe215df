from datetime import date

import pytest

from dashboards.views import moments, ranges
from dashboards.views.ranges import Against, BadRange, Period, Range, chosen, compared, in_words

ZONE = "Europe/Berlin"
NOW = 1_794_489_600_000  # Thu 12 Nov 2026, 14:20 CET


def range_of(preset: str, now_ms: int = NOW, first: str = "", last: str = "") -> Range:
    return chosen(preset, first, last, ZONE, now_ms)


def days(preset: str) -> tuple[date, date]:
    period = range_of(preset).period
    return period.first, period.last


def words(preset: str, against: Against = "before", now_ms: int = NOW) -> str:
    shown = range_of(preset, now_ms)
    before = compared(shown, against)
    assert before is not None
    return in_words(shown, before)


def test_this_month_is_where_a_page_starts() -> None:
    shown = range_of("")
    assert (shown.preset, shown.dates, shown.runs) == ("month", "1\u201312 Nov 2026", True)


def test_each_preset_names_its_days() -> None:
    assert days("today") == (date(2026, 11, 12), date(2026, 11, 12))
    assert days("yesterday") == (date(2026, 11, 11), date(2026, 11, 11))
    assert days("7d") == (date(2026, 11, 6), date(2026, 11, 12))
    assert days("last-month") == (date(2026, 10, 1), date(2026, 10, 31))
    assert days("30d") == (date(2026, 10, 14), date(2026, 11, 12))
    assert days("90d") == (date(2026, 8, 15), date(2026, 11, 12))
    assert days("year") == (date(2026, 1, 1), date(2026, 11, 12))


def test_today_and_the_last_24_hours_are_two_ranges() -> None:
    shown = range_of("24h")
    assert shown.period.since_ms is not None
    assert moments.moment(shown.period.since_ms, ZONE) == "Wed 11 Nov, 15:00 CET"
    assert (shown.period.first, shown.period.last) == (date(2026, 11, 11), date(2026, 11, 12))
    assert shown.step == "hour"


def test_a_month_is_compared_with_the_same_days_of_the_month_before_until_the_same_hour() -> None:
    assert words("month") == "1\u201312 Oct until 14:20 CET"
    before = compared(range_of("month"), "before")
    assert before is not None
    assert before.until_ms is not None
    assert moments.moment(before.until_ms, ZONE) == "Mon 12 Oct, 14:20 CEST"


def test_a_day_that_the_month_before_did_not_have_ends_its_comparison_with_that_month() -> None:
    end_of_march = moments.to_ms(moments.local(1_774_951_200_000, ZONE))  # Tue 31 Mar 2026, 12:00
    assert compared(range_of("month", end_of_march), "before") == Period(
        date(2026, 2, 1), date(2026, 2, 28)
    )


def test_other_ranges_are_compared_with_as_many_days_before() -> None:
    assert words("7d") == "30 Oct \u2013 5 Nov until 14:20 CET"
    assert words("today") == "11 Nov until 14:20 CET"
    assert words("yesterday") == "10 Nov"
    assert words("last-month") == "1\u201330 Sep"
    assert words("24h") == "10\u201311 Nov until 14:20 CET"


def test_the_same_period_last_year_says_its_year() -> None:
    assert words("month", "year") == "1\u201312 Nov 2025 until 14:20 CET"
    leap_day = 1_835_438_400_000  # Tue 29 Feb 2028
    before = compared(range_of("today", leap_day), "year")
    assert before is not None
    assert before.first == date(2027, 2, 28)
    assert compared(range_of("month"), "none") is None


def test_columns_are_hours_for_two_days_at_most() -> None:
    assert range_of("custom", first="2026-11-01", last="2026-11-02").step == "hour"
    assert range_of("custom", first="2026-11-01", last="2026-11-03").step == "day"


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("", "2026-11-02", "Enter both dates"),
        ("1 Nov", "2026-11-02", "Enter both dates"),
        ("2026-11-03", "2026-11-02", "after the last"),
        ("2020-11-03", "2026-11-02", "At most 400 days"),
    ],
)
def test_dates_that_cannot_be_used_are_told_in_a_sentence(
    first: str, last: str, sentence: str
) -> None:
    with pytest.raises(BadRange, match=sentence):
        range_of("custom", first=first, last=last)


def test_an_unknown_preset_is_told() -> None:
    with pytest.raises(BadRange, match="no range named fortnight"):
        range_of("fortnight")


def test_every_preset_has_dates_to_show() -> None:
    listed = ranges.presets(ZONE, NOW)
    assert [each.preset for each in listed] == [name for name in ranges.NAMES if name != "custom"]
    assert all(each.dates for each in listed)
