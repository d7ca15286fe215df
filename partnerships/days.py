"""Which day and month an instant belongs to in a zone, and when that day begins and ends.

Zones come from the pinned `tzdata` package, never from the machine, so every process on every
machine stamps the same day (rules.md §2).
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

# Since 1973 every zone's offset and every change of it is a whole number of minutes (changes at
# 00:01 existed), so all instants of one minute fall on the same day: the cache key of `day_of`.
_MINUTE_MS = 60 * 1000
_CACHED_MINUTES = 1 << 16


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
    return _day_of_minute(at_ms // _MINUTE_MS, zone)


@lru_cache(maxsize=_CACHED_MINUTES)
def _day_of_minute(minute: int, zone: str) -> date:
    instant = datetime.fromtimestamp(minute * _MINUTE_MS / 1000, UTC)
    return instant.astimezone(zone_named(zone)).date()


def month_of(day: date) -> str:
    """The month of a day, as `YYYY-MM`."""
    return f"{day.year:04d}-{day.month:02d}"


def start_ms(day: date, zone: str) -> int:
    """The first instant of the day in the zone, in epoch milliseconds.

    Where clocks skip midnight, the day begins at the first instant that exists; where they repeat
    it, at its first occurrence. A day that a zone skipped is empty: it ends where it starts.
    """
    # fold=0 says both: a repeated time's first occurrence, a skipped one by the offset before.
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_named(zone))
    return int(midnight.timestamp()) * 1000


def end_ms(day: date, zone: str) -> int:
    """The first instant after the day (half-open, like all ranges of time here)."""
    return start_ms(day + timedelta(days=1), zone)
