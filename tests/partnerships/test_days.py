"""A day is a day of a zone: across daylight saving, skipped days and odd offsets."""

from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.days import UnknownZone, day_of, end_ms, month_of, start_ms, zone_named

ZONES = resources.files("tzdata").joinpath("zones").read_text().split()
ODD_ZONES = [
    *("America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Europe/Berlin", "America/Los_Angeles", "America/St_Johns"),
    *("America/Nuuk", "Africa/Casablanca", "Asia/Gaza", "Pacific/Chatham", "Africa/Cairo", "UTC"),
]
HOUR_MS = 3_600_000
# Before 2012 a few zones set their clocks back across midnight: there a day was not one range.
DAYS = st.dates(date(2012, 1, 1), date(2039, 12, 31))
INSTANTS = st.integers(1_325_376_000_000, 2_208_000_000_000)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def local_day(at_ms: int, zone: str) -> date:
    seconds, milliseconds = divmod(at_ms, 1000)
    instant = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=milliseconds)
    return instant.astimezone(zone_named(zone)).date()


@given(INSTANTS, st.sampled_from(ODD_ZONES + ZONES))
def test_a_day_is_what_the_calendar_says_there(at_ms: int, zone: str) -> None:
    assert day_of(at_ms, zone) == local_day(at_ms, zone)


@given(INSTANTS, st.sampled_from(ODD_ZONES + ZONES))
def test_every_instant_lies_in_its_day_and_in_no_other(at_ms: int, zone: str) -> None:
    day = day_of(at_ms, zone)
    assert start_ms(day, zone) <= at_ms < end_ms(day, zone)


@given(DAYS, st.sampled_from(ODD_ZONES + ZONES))
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    start, end = start_ms(day, zone), end_ms(day, zone)
    assert end == start_ms(day + timedelta(days=1), zone)
    if start < end:
        assert (day_of(start, zone), day_of(end - 1, zone)) == (day, day)
        assert day_of(start - 1, zone) < day < day_of(end, zone)


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_each_change_of_clocks_leaves_days_whole(zone: str) -> None:
    day = date(2012, 1, 1)
    while day < date(2032, 1, 1):
        start, end = start_ms(day, zone), end_ms(day, zone)
        if end - start != 24 * HOUR_MS:
            for at_ms in (start - 1, start, start + HOUR_MS, end - HOUR_MS, end - 1, end):
                assert day_of(at_ms, zone) == local_day(at_ms, zone)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00Z", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00Z", 25),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00Z", 23),
        ("America/Sao_Paulo", date(2018, 2, 17), "2018-02-17T02:00Z", 25),
        ("America/Havana", date(2025, 3, 9), "2025-03-09T05:00Z", 23),
        ("America/Havana", date(2025, 11, 2), "2025-11-02T04:00Z", 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00Z", 24.5),
        ("Asia/Kathmandu", date(2026, 1, 1), "2025-12-31T18:15Z", 24),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00Z", 24),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00Z", 0),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00Z", 24),
    ],
)
def test_a_day_starts_and_ends_where_the_clocks_say(
    zone: str, day: date, start: str, hours: float
) -> None:
    assert start_ms(day, zone) == ms(start)
    assert end_ms(day, zone) - start_ms(day, zone) == hours * HOUR_MS


def test_clocks_set_back_at_one_minute_past_midnight_divide_the_minutes() -> None:
    assert day_of(ms("2006-10-29T02:30:59Z"), "America/St_Johns") == date(2006, 10, 29)
    assert day_of(ms("2006-10-29T02:31:00Z"), "America/St_Johns") == date(2006, 10, 28)


def test_a_month_is_the_month_of_its_day() -> None:
    assert month_of(date(2026, 1, 31)) == "2026-01"
    newest = ms("2026-02-28T23:30Z")
    assert month_of(day_of(newest, "Europe/Berlin")) == "2026-03"
    assert month_of(day_of(newest, "America/New_York")) == "2026-02"


@pytest.mark.parametrize(
    "name", ["", "Berlin", "../../etc/passwd", "Europe", "Europe/", ".", "zones", "europe/berlin"]
)
def test_no_zone_is_an_error(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_named(name)
