"""Which days a page is about, and what they are compared with.

A range is stated in days of one zone. What it is compared with always ends at the same hour, so
nine hours are never compared with twenty-four.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, get_args

from dashboards.views import moments
from partnerships.days import zone_named

Preset = Literal[
    "today", "yesterday", "24h", "7d", "month", "last-month", "30d", "90d", "year", "custom"
]
Against = Literal["before", "year", "none"]
Step = Literal["hour", "day"]

NAMES: Final[Mapping[Preset, str]] = {
    "today": "Today",
    "yesterday": "Yesterday",
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "month": "This month",
    "last-month": "Last month",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "year": "This year",
    "custom": "Custom",
}
AGAINST_NAMES: Final[Mapping[Against, str]] = {
    "before": "Period before",
    "year": "Same period last year",
    "none": "No comparison",
}

MOST_DAYS: Final = 400
"""An import reaches this far back (rules.md §1)."""

_HOURLY_DAYS: Final = 2
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS


class BadRange(ValueError):
    """The dates can't be used; the message is a sentence for who typed them."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both inclusive.

    `since_ms`, `until_ms`: where the first or last day is cut, half-open; None: it is whole.
    """

    first: date
    last: date
    since_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """What a page shows. `now_ms`: when it was asked for; `zone`: of its days."""

    preset: Preset
    period: Period
    zone: str
    now_ms: int

    @property
    def today(self) -> date:
        return moments.local(self.now_ms, self.zone).date()

    @property
    def runs(self) -> bool:
        """Whether more can still happen in it."""
        return self.period.first <= self.today <= self.period.last

    @property
    def step(self) -> Step:
        """One column an hour for at most two days."""
        days = (self.period.last - self.period.first).days + 1
        return "hour" if days <= _HOURLY_DAYS else "day"

    @property
    def dates(self) -> str:
        """`1–12 Nov 2026`."""
        if self.period.since_ms is not None:
            since = moments.moment(self.period.since_ms, self.zone)
            return f"{since} \u2013 {moments.moment(self.now_ms, self.zone)}"
        return moments.span(self.period.first, self.period.last, year=True)


def chosen(
    preset: str, first: str, last: str, zone: str, now_ms: int, default: Preset = "month"
) -> Range:
    """The range of a page's address; raises BadRange.

    `first`, `last`: dates such as 2026-11-01, of the preset `custom` alone.
    """
    if preset == "custom":
        return Range("custom", _custom(first, last), zone, now_ms)
    known = preset or default
    if known not in get_args(Preset):
        raise BadRange(f"There is no range named {known}. Choose one of the list.")
    named = _preset(known)
    return Range(named, _periods(named, zone, now_ms), zone, now_ms)


def presets(zone: str, now_ms: int) -> list[Range]:
    """All that can be chosen by name."""
    names = [preset for preset in NAMES if preset != "custom"]
    return [Range(preset, _periods(preset, zone, now_ms), zone, now_ms) for preset in names]


def compared(shown: Range, against: Against) -> Period | None:
    """What the range is compared with, up to the same hour."""
    if against == "none":
        return None
    if against == "year":
        return _cut(shown, _year_before(shown.period.first), _year_before(shown.period.last))
    if shown.preset == "24h" and shown.period.since_ms is not None:
        return _day_before(shown)
    if shown.preset in ("month", "last-month"):
        return _month_before(shown)
    length = shown.period.last - shown.period.first + timedelta(days=1)
    return _cut(shown, shown.period.first - length, shown.period.last - length)


def in_words(shown: Range, before: Period) -> str:
    """`1–12 Oct until 14:20 CET`."""
    year = before.last.year != shown.period.last.year
    days = moments.span(before.first, before.last, year=year)
    return f"{days} until {moments.clock(shown.now_ms, shown.zone)}" if before.until_ms else days


def _preset(name: str) -> Preset:
    return next(preset for preset in NAMES if preset == name)


def _custom(first: str, last: str) -> Period:
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise BadRange("Enter both dates, such as 2026-11-01.") from error
    if days[0] > days[1]:
        raise BadRange("The first day is after the last.")
    if (days[1] - days[0]).days >= MOST_DAYS:
        raise BadRange(f"At most {MOST_DAYS} days fit on one page.")
    return Period(*days)


def _periods(preset: Preset, zone: str, now_ms: int) -> Period:
    now = moments.local(now_ms, zone)
    today = now.date()
    if preset == "yesterday":
        return Period(today - timedelta(days=1), today - timedelta(days=1))
    if preset == "24h":
        # 24 columns, the one of this hour included.
        hour = now.replace(minute=0, second=0, microsecond=0)
        since_ms = moments.to_ms(hour) - 23 * _HOUR_MS
        return Period(moments.local(since_ms, zone).date(), today, since_ms)
    if preset == "month":
        return Period(today.replace(day=1), today)
    if preset == "last-month":
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last)
    if preset == "year":
        return Period(today.replace(month=1, day=1), today)
    days = {"today": 1, "7d": 7, "30d": 30, "90d": 90}[preset]
    return Period(today - timedelta(days=days - 1), today)


def _month_before(shown: Range) -> Period:
    """The same days of the month before; a month that is over is compared with a whole one."""
    end = shown.period.first - timedelta(days=1)
    first = end.replace(day=1)
    if shown.preset == "last-month" or shown.period.last.day > end.day:
        return Period(first, end)
    return _cut(shown, first, first.replace(day=shown.period.last.day))


def _day_before(shown: Range) -> Period:
    assert shown.period.since_ms is not None
    since_ms, until_ms = shown.period.since_ms - _DAY_MS, shown.now_ms - _DAY_MS
    first, last = (moments.local(each, shown.zone).date() for each in (since_ms, until_ms))
    return Period(first, last, since_ms, until_ms)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))


def _cut(shown: Range, first: date, last: date) -> Period:
    """These days, the last until the hour that it is now, if the range still runs."""
    if not shown.runs:
        return Period(first, last)
    now = moments.local(shown.now_ms, shown.zone)
    clock = time(now.hour, now.minute, now.second, tzinfo=zone_named(shown.zone))
    return Period(first, last, until_ms=moments.to_ms(datetime.combine(last, clock)))
