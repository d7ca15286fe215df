"""Asks the warehouse for what pages count, always for one account and one of its sides."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from dashboards.views import moments
from dashboards.views.ranges import Period, Range, Step
from dashboards.views.results import Results, Side, clicked_of, decided_of
from warehouse.store import Store as Warehouse

_SIDES: Final = {"paying": "advertiser", "earning": "partner"}
_ONE_DAY: Final = timedelta(days=1)
_PACE_LOOKS_BACK: Final = timedelta(days=37)
_NEWEST_LOOKS_BACK: Final = timedelta(days=8)
_HOUR_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Counts:
    """The warehouse as one side of an account may see it."""

    warehouse: Warehouse
    side: Side
    account_id: str

    def results(self, period: Period, step: Step, zone: str, agreement_id: str = "") -> Results:
        """Decisions and clicks of a period; clicks are of all agreements."""
        asked: dict[str, object] = {
            **self._who(),
            "from_day": period.first,
            "to_day": period.last + _ONE_DAY,
            "step": step,
        }
        if period.since_ms is not None:
            asked["since_ms"] = period.since_ms
        if period.until_ms is not None:
            asked["until_ms"] = period.until_ms
        decided = self.warehouse.ask("results_over_time", **asked, agreement=agreement_id)
        shift = _shift_minutes(period, zone)
        clicked = self.warehouse.ask("clicks_over_time", **asked, shift_minutes=shift)
        return Results(tuple(map(decided_of, decided)), tuple(map(clicked_of, clicked)))

    def purses(self, first: date, last: date, agreement_id: str = "") -> list[dict[str, Any]]:
        """Rows of every purse of the months from `first` to `last`."""
        return self.warehouse.ask(
            "purses",
            **self._who(),
            from_day=first.replace(day=1),
            to_day=moments.last_of(f"{last:%Y-%m}") + _ONE_DAY,
            agreement=agreement_id,
        )

    def paces(self, today: date, days: int, agreement_id: str = "") -> list[dict[str, Any]]:
        """Rows of the last complete days."""
        return self.warehouse.ask(
            "paces",
            **self._who(),
            look_from=today - _PACE_LOOKS_BACK,
            from_day=today - timedelta(days=days),
            to_day=today,
            agreement=agreement_id,
        )

    def latest(
        self,
        shown: Range,
        *,
        agreement_id: str = "",
        disposition: str = "",
        limit: int,
        skip: int = 0,
    ) -> list[dict[str, Any]]:
        """The newest conversions of a range."""
        return self.warehouse.ask(
            "latest_conversions",
            **self._who(),
            from_day=shown.period.first,
            to_day=shown.period.last + _ONE_DAY,
            since_ms=shown.period.since_ms or 0,
            agreement=agreement_id,
            disposition=disposition,
            limit=limit,
            skip=skip,
        )

    def newest(self, today: date) -> str:
        """A short text that changes whenever a decision or a click of the account arrives."""
        (row,) = self.warehouse.ask(
            "newest_decision", **self._who(), from_day=today - _NEWEST_LOOKS_BACK
        )
        latest = moments.to_ms(row["latest_at"]) if row["latest_at"] else 0
        return f"{row['facts']}-{latest}"

    def first_day(self) -> date | None:
        """The day of the account's first click or decision."""
        (row,) = self.warehouse.ask("first_day", **self._who())
        found: date | None = row["first_day"]
        return found

    def _who(self) -> dict[str, object]:
        return {"side": _SIDES[self.side], "account": self.account_id}


def _shift_minutes(period: Period, zone: str) -> int:
    offset = moments.local(moments.noon_ms(period.first, zone), zone).utcoffset()
    assert offset is not None, "a local time has an offset"
    return int(offset.total_seconds() // 60) % _HOUR_MINUTES
