"""Which day and month an instant belongs to in a zone, and when that day begins and ends.

Zones come from the pinned `tzdata` package, never from the machine, so every process on every
machine stamps the same day (rules.md §2).
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

# Every zone's offset since 1972 is a multiple of 15 minutes, so all instants of one quarter of an
# hour fall on the same day: the cache key of `day_of`.
_QUARTER_MS = 15 * 60 * 1000
_CACHED_QUARTERS = 1 << 16


class UnknownZone(ValueError):
    """The name is not in the pinned IANA time zone database."""


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name such as `Europe/Berlin`; raises UnknownZone."""
    parts = name.split("/")
    if not name or any(not part or part.startswith(".") for part in parts):
        raise UnknownZone(name)
    found = resources.files("tzdata").joinpath("zoneinfo", *parts)
    if not found.is_file():
        raise UnknownZone(name)
    with found.open("rb") as file:
        try:
            return ZoneInfo.from_file(file, key=name)
        except ValueError as error:
            raise UnknownZone(name) from error


def day_of(at_ms: int, zone: str) -> date:
    """The calendar day of an epoch-millisecond instant in the named zone."""
    return _day_of_quarter(at_ms // _QUARTER_MS, zone)


@lru_cache(maxsize=_CACHED_QUARTERS)
def _day_of_quarter(quarter: int, zone: str) -> date:
    instant = datetime.fromtimestamp(quarter * _QUARTER_MS / 1000, UTC)
    return instant.astimezone(zone_named(zone)).date()


def month_of(day: date) -> str:
    """The month of a day, as `YYYY-MM`."""
    return f"{day.year:04d}-{day.month:02d}"


def start_ms(day: date, zone: str) -> int:
    """The first instant of the day in the zone, in epoch milliseconds.

    Where clocks skip midnight, the day begins at the first instant that exists.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_named(zone))
    naive_start = int(midnight.timestamp()) * 1000
    if day_of(naive_start, zone) == day and day_of(naive_start - 1, zone) == day:
        return naive_start - _repeated_ms(naive_start, zone)
    return naive_start


def _repeated_ms(at_ms: int, zone: str) -> int:
    """How much of the day lies before `at_ms`, where clocks repeated midnight."""
    earlier = at_ms
    while day_of(earlier - _QUARTER_MS, zone) == day_of(at_ms, zone):
        earlier -= _QUARTER_MS
    return at_ms - earlier


def end_ms(day: date, zone: str) -> int:
    """The first instant after the day (half-open, like all ranges of time here)."""
    return start_ms(day + timedelta(days=1), zone)
