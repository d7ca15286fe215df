import pytest

from partnerships.days import UnknownZone
from tests.warehouse.facts_of import at
from warehouse.hours import hour_start


@pytest.mark.parametrize(
    ("zone", "instant", "start"),
    [
        ("Europe/Berlin", "2026-11-11 16:42:31", "2026-11-11 16:00:00"),
        ("Asia/Kathmandu", "2026-11-11 12:00:00", "2026-11-11 11:15:00"),
        ("Asia/Kathmandu", "2026-11-11 12:14:59", "2026-11-11 11:15:00"),
        ("Asia/Kathmandu", "2026-11-11 12:15:00", "2026-11-11 12:15:00"),
    ],
)
def test_an_hour_begins_where_the_zone_says(zone: str, instant: str, start: str) -> None:
    assert hour_start(at(instant), zone) * 1000 == at(start)


def test_the_hour_that_clocks_repeat_is_two_hours() -> None:
    first, second = at("2026-10-25 00:30:00"), at("2026-10-25 01:30:00")
    assert hour_start(second, "Europe/Berlin") - hour_start(first, "Europe/Berlin") == 3600


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(UnknownZone):
        hour_start(at("2026-11-11 12:00:00"), "Moon/Base")
