"""Days and times as a page writes them: never bare, always with weekday or zone."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from babel.dates import format_date

from partnerships.days import zone_named

_LOCALE: Final = "en"
_HOUR_MS: Final = 3_600_000


def local(at_ms: int, zone: str) -> datetime:
    """The instant on the zone's clocks."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone_named(zone))


def to_ms(at: datetime) -> int:
    """Epoch milliseconds of an aware time."""
    return round(at.timestamp() * 1000)


def noon_ms(when: date, zone: str) -> int:
    """The middle of a day in a zone, in epoch milliseconds."""
    return to_ms(datetime.combine(when, time(12), tzinfo=zone_named(zone)))


def zone_word(at: datetime) -> str:
    """`CET`, or `UTC+05:45` where a zone has no letters."""
    name = at.tzname() or "UTC"
    offset = f"{at:%z}"
    return name if name.isalpha() else f"UTC{offset[:3]}:{offset[3:5]}"


def clock(at_ms: int, zone: str) -> str:
    """`14:20 CET`."""
    at = local(at_ms, zone)
    return f"{at:%H:%M} {zone_word(at)}"


def seconds(at_ms: int, zone: str) -> str:
    """`14:19:52`: in a list whose zone is printed above it."""
    return f"{local(at_ms, zone):%H:%M:%S}"


def seconds_in_zone(at_ms: int, zone: str) -> str:
    """`14:19:52 CET`."""
    at = local(at_ms, zone)
    return f"{at:%H:%M:%S} {zone_word(at)}"


def day(when: date) -> str:
    """`Wed 11 Nov`."""
    return str(format_date(when, "EEE d MMM", locale=_LOCALE))


def day_of_year(when: date) -> str:
    """`Wed 11 Nov 2026`."""
    return str(format_date(when, "EEE d MMM y", locale=_LOCALE))


def moment(at_ms: int, zone: str) -> str:
    """`Wed 11 Nov, 16:42 CET`."""
    return f"{day(local(at_ms, zone).date())}, {clock(at_ms, zone)}"


def moment_of_year(at_ms: int, zone: str) -> str:
    """`Wed 11 Nov 2026, 16:42 CET`."""
    return f"{day_of_year(local(at_ms, zone).date())}, {clock(at_ms, zone)}"


def machine(at_ms: int) -> str:
    """For a `datetime` attribute."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def span(first: date, last: date, *, year: bool = False) -> str:
    """`1–12 Nov`, `28 Oct – 12 Nov`, `11 Nov`; with its year where a page says it first."""
    end = str(format_date(last, "d MMM y" if year else "d MMM", locale=_LOCALE))
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\u2013{end}"
    pattern = "d MMM y" if year and first.year != last.year else "d MMM"
    return f"{format_date(first, pattern, locale=_LOCALE)} \u2013 {end}"


def month_name(month: str) -> str:
    """`November` of `2026-11`."""
    return str(format_date(first_of(month), "LLLL", locale=_LOCALE))


def first_of(month: str) -> date:
    """The first day of a `YYYY-MM`."""
    return date.fromisoformat(f"{month}-01")


def last_of(month: str) -> date:
    """The last day of a `YYYY-MM`."""
    first = first_of(month)
    return first.replace(day=monthrange(first.year, first.month)[1])


def month_before(month: str) -> str:
    """`2026-10` of `2026-11`."""
    return f"{first_of(month) - timedelta(days=1):%Y-%m}"


def month_after(month: str) -> str:
    """`2026-12` of `2026-11`."""
    return f"{last_of(month) + timedelta(days=1):%Y-%m}"


def hour_span(at_ms: int, zone: str) -> str:
    """`Thu 12 Nov, 14:00–15:00 CET`."""
    start, end = local(at_ms, zone), local(at_ms + _HOUR_MS, zone)
    return f"{day(start.date())}, {start:%H:%M}\u2013{end:%H:%M} {zone_word(start)}"
