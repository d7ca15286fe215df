"""The instants that the generated traffic is built around, all relative to the day it is made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def midnight(day: date) -> int:
    """The first instant of the day in Berlin, in epoch ms."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).timestamp()) * SECOND


@dataclass(frozen=True, slots=True)
class Moments:
    """Days that partnerships begin and end on, and days whose midnights are met exactly.

    `clocks`: the last day on which Berlin changed its clocks; `month`: the first of this or the
    last month, at least three days ago. `plain`: an ordinary day.
    """

    now: int
    accepted_on: date
    verified_from: date
    network_from: date
    network_until: date
    signup_from: date
    ended_on: date
    clocks: date
    month: date
    plain: date

    def replacements(self) -> dict[str, str]:
        """What stands for the placeholders of `edges.toml`."""
        names = (
            *("accepted_on", "verified_from", "network_from", "network_until"),
            *("signup_from", "ended_on"),
        )
        return {name: getattr(self, name).isoformat() for name in names}


def moments(now_ms: int) -> Moments:
    """The moments of traffic made at `now_ms`; none is older than 385 days."""
    today = datetime.fromtimestamp(now_ms / SECOND, UTC).date()
    month = (today - timedelta(days=3)).replace(day=1)
    return Moments(
        now=now_ms,
        accepted_on=today - timedelta(days=385),
        verified_from=today - timedelta(days=380),
        network_from=today - timedelta(days=40),
        network_until=today - timedelta(days=10),
        signup_from=today - timedelta(days=60),
        ended_on=today - timedelta(days=20),
        clocks=_last_change(today - timedelta(days=4)),
        month=month,
        plain=_ordinary(today - timedelta(days=30)),
    )


def _last_change(day: date) -> date:
    while _length(day) == DAY:
        day -= timedelta(days=1)
    return day


def _ordinary(day: date) -> date:
    while _length(day) != DAY:
        day -= timedelta(days=1)
    return day


def _length(day: date) -> int:
    return midnight(day + timedelta(days=1)) - midnight(day)
