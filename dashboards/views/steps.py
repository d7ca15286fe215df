"""The steps of time that a chart has a column for: hours, days or weeks."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from dashboards.views import moments
from dashboards.views.ranges import Period, Range
from dashboards.views.results import Clicked, Decided, Results
from partnerships.days import end_ms, start_ms

MOST_DAILY: Final = 92
"""Beyond so many days a column is a week."""

_HOUR_MS: Final = 3_600_000

Size = Literal["hour", "day", "week"]


class Step(NamedTuple):
    """Days from `first` to `last`, or one hour of a day. `start`: what orders the steps."""

    first: date
    last: date
    start: int
    label: str
    tick: str

    def covers(self, at_ms: int, zone: str) -> bool:
        """Whether an instant of the zone lies in it."""
        if self.is_hour:
            return self.start <= at_ms < self.start + _HOUR_MS
        return self.first <= moments.local(at_ms, zone).date() <= self.last

    @property
    def is_hour(self) -> bool:
        """Hours start at an instant, days and weeks at an ordinal, which is far smaller."""
        return self.start > date.max.toordinal()


def size_of(shown: Range) -> Size:
    """How long each column of a range is."""
    days = (shown.period.last - shown.period.first).days + 1
    return "hour" if shown.step == "hour" else "day" if days <= MOST_DAILY else "week"


def steps_of(shown: Range, period: Period) -> list[Step]:
    """Every step of a period in order, empty ones too, none of the future."""
    last = min(period.last, shown.today)
    if shown.step == "hour":
        return [_hour(at_ms, shown.zone) for at_ms in _hours(shown, period)]
    days = [period.first + timedelta(days=n) for n in range((last - period.first).days + 1)]
    if size_of(shown) == "day":
        return [_day(day) for day in days]
    mondays = dict.fromkeys(day - timedelta(days=day.weekday()) for day in days)
    return [
        _week(max(monday, period.first), monday + timedelta(days=6), last) for monday in mondays
    ]


def grouped(results: Results, steps: Sequence[Step]) -> list[Results]:
    """What happened in each step; what lies in none is left out."""
    starts = [step.start for step in steps]
    decided: Mapping[int, list[Decided]] = {number: [] for number in range(len(steps))}
    clicked: Mapping[int, list[Clicked]] = {number: [] for number in range(len(steps))}
    for decision in results.decided:
        if (number := bisect_right(starts, _start(decision)) - 1) >= 0:
            decided[number].append(decision)
    for click in results.clicked:
        if (number := bisect_right(starts, _start(click)) - 1) >= 0:
            clicked[number].append(click)
    return [Results(tuple(decided[n]), tuple(clicked[n])) for n in range(len(steps))]


def _start(row: Decided | Clicked) -> int:
    return row.day.toordinal() if row.hour_ms is None else row.hour_ms


def _hours(shown: Range, period: Period) -> list[int]:
    first = period.since_ms or start_ms(period.first, shown.zone)
    until = min(end_ms(period.last, shown.zone), shown.now_ms)
    return list(range(first, until, _HOUR_MS))


def _hour(at_ms: int, zone: str) -> Step:
    local = moments.local(at_ms, zone)
    return Step(local.date(), local.date(), at_ms, moments.hour_span(at_ms, zone), f"{local:%H:%M}")


def _day(day: date) -> Step:
    return Step(day, day, day.toordinal(), moments.day(day), moments.span(day, day))


def _week(first: date, sunday: date, last: date) -> Step:
    words = moments.span(first, min(sunday, last))
    return Step(first, min(sunday, last), first.toordinal(), words, moments.span(first, first))
