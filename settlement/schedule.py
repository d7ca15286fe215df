"""Which days of an advertiser may close now, and in which order (rules.md §9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from partnerships.days import end_ms
from settlement.clock import from_ms

# How long after its end a day waits for what collectors still hold.
GRACE: Final = timedelta(hours=2)
# An import reaches 400 days back; what is left is closed by the next command.
MAX_DAYS: Final = 500


class EarlierDaysOpen(Exception):
    """Days close in order, and one before the day asked for is open."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command wants closed: `through`: all open days up to `day` too."""

    day: date
    through: bool = False
    advertiser_id: str | None = None


def complete_at(day: date, zone: str) -> datetime:
    """The instant that the watermark must have passed for the day to be complete."""
    return from_ms(end_ms(day, zone)) + GRACE


def days_to_close(
    advertiser_id: str, first_day: date, closed_through: date | None, asked: Asked
) -> list[date]:
    """Open days in their order, empty ones too; none when the day asked for is closed.

    `first_day`: of the advertiser's first result. Raises EarlierDaysOpen.
    """
    next_day = first_day if closed_through is None else closed_through + timedelta(days=1)
    if asked.day < next_day:
        return []
    if not asked.through and asked.day != next_day:
        raise EarlierDaysOpen(
            f"{advertiser_id}: {next_day} is still open, and days close in order."
            f" Close it first, or all at once with --through {asked.day}."
        )
    return list(_days(next_day, asked.day))[:MAX_DAYS]


def ends_month(day: date) -> bool:
    """Whether it is the last day of its month."""
    return (day + timedelta(days=1)).day == 1


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
