"""The budget meter: a bar and its words, which are always complete.

Never a word of alarm: using a budget is no failure.
"""

from dataclasses import dataclass
from typing import Final, Literal

from dashboards.views import figures, moments
from dashboards.views.purses import Forecast, Pace, Purse
from dashboards.views.results import Side

Level = Literal["plain", "half", "near", "last", "full"]

_LEVELS: Final[tuple[tuple[int, Level], ...]] = ((95, "last"), (80, "near"), (50, "half"))


@dataclass(frozen=True, slots=True)
class Meter:
    """`width`: of the bar, percent. `short`: for a table's cell. `forecast`: "" when unknown."""

    width: float
    level: Level
    short: str
    mark: str
    words: str
    forecast: str
    short_forecast: str


def meter(purse: Purse, noun: str, side: Side, pace: Pace | None, future: Forecast | None) -> Meter:
    """`noun`: what one result is called, such as `sale`."""
    level = _level(purse)
    return Meter(
        width=round(float(purse.share * 100), 1),
        level=level,
        short=_short(purse, noun, side),
        mark=_mark(purse, noun, level, side),
        words=_words(purse, noun, side),
        forecast=_forecast(purse, side, pace, future),
        short_forecast=_short_forecast(purse, future),
    )


def _level(purse: Purse) -> Level:
    if purse.full:
        return "full"
    used = purse.share * 100
    return next((level for least, level in _LEVELS if used >= least), "plain")


def _short(purse: Purse, noun: str, side: Side) -> str:
    if side == "earning":
        return f"{figures.counted(purse.conversions_left, noun)} left"
    return figures.percent(purse.share)


def _mark(purse: Purse, noun: str, level: Level, side: Side) -> str:
    """What stands beside the bar from 80 % on."""
    if level == "full":
        return f"Full since {_full_day(purse)}" if purse.last_ms else "Full"
    if level == "last" and side == "paying":
        return f"{figures.counted(purse.conversions_left, noun)} left this month"
    return f"80{figures.NBSP}% used" if level == "near" and side == "paying" else ""


def _full_day(purse: Purse) -> str:
    assert purse.last_ms is not None
    local = moments.local(purse.last_ms, purse.zone)
    return f"{local.day} {local:%b}"


def _words(purse: Purse, noun: str, side: Side) -> str:
    if purse.full:
        return _full_words(purse, noun, side)
    left = figures.counted(purse.conversions_left, noun)
    if side == "earning":
        return f"{left} left this month"
    used = figures.money(purse.used_minor, purse.currency)
    budget = figures.money(purse.budget_minor, purse.currency)
    room = figures.amount(purse.left_minor, purse.currency)
    return f"{used} of {budget} used \u00b7 {room} left = {left}"


def _full_words(purse: Purse, noun: str, side: Side) -> str:
    since = f"Full since {moments.moment(purse.last_ms, purse.zone)}" if purse.last_ms else "Full"
    sentences = [since]
    if purse.left_minor and side == "paying":
        room = figures.money(purse.left_minor, purse.currency)
        sentences[0] += f": {room} left, less than one {noun}"
    if purse.unpaid_after:
        later = figures.counted(purse.unpaid_after, "later result")
        sentences.append(f"{later} {'was' if purse.unpaid_after == 1 else 'were'} not paid")
    return ". ".join(sentences) + "."


def _forecast(purse: Purse, side: Side, pace: Pace | None, future: Forecast | None) -> str:
    if purse.full or pace is None or future is None:
        return ""
    if side == "earning":
        if not future.used_up_on:
            return "At this pace the budget lasts all month"
        return f"At this pace until {moments.day(future.used_up_on)}"
    if future.used_up_on:
        days = moments.span(pace.first, pace.last)
        return f"At the pace of {days} it is used up on {moments.day(future.used_up_on)}"
    end = moments.last_of(purse.month)
    return (
        f"At this pace {figures.money(future.month_end_minor, purse.currency)}"
        f" by {moments.span(end, end)}"
    )


def _short_forecast(purse: Purse, future: Forecast | None) -> str:
    if purse.full or future is None:
        return ""
    if future.used_up_on:
        return f"until {moments.span(future.used_up_on, future.used_up_on)}"
    return "lasts all month"


def account_line(month: str, ends: list[tuple[int | None, int]], currency: str) -> str:
    """What the month comes to for who pays; "" while one agreement's pace is unknown.

    `ends`: of each agreement what it comes to at its pace, and the most that it can come to.
    """
    known = [end_minor for end_minor, _ in ends if end_minor is not None]
    if not ends or len(known) < len(ends):
        return ""
    most_minor = sum(most for _, most in ends)
    return (
        f"At this pace {moments.month_name(month)} ends at {figures.money(sum(known), currency)},"
        f" never above {figures.money(most_minor, currency)}"
    )
