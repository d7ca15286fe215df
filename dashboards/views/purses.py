"""A month's budget: what is used, what is left, when it was full, and when it will be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from dashboards.views import moments
from partnerships import AgreementSheet
from partnerships.days import end_ms
from partnerships.money import FeeGroup, used_minor
from partnerships.terms import most_conversions

PACE_DAYS: Final = 7
LEAST_PACE_DAYS: Final = 3
"""A forecast needs this many complete days."""

_DAY_MS: Final = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Billable results of the last complete days, at most seven, from the agreement's first on."""

    conversions: int
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def per_day(self) -> Fraction:
        """Mean number of results a day; 0 while there are too few days to tell."""
        enough = self.days >= LEAST_PACE_DAYS
        return Fraction(self.conversions, self.days) if enough else Fraction(0)


@dataclass(frozen=True, slots=True)
class Purse:
    """An agreement's month, by the budget and the terms in force now.

    `last_ms`: of the last result that was paid; None: none yet. `unpaid_after`: how many came
    later and did not fit.
    """

    month: str
    zone: str
    currency: str
    budget_minor: int
    price_minor: int
    group: FeeGroup
    gross_by_group: Mapping[FeeGroup, int]
    last_ms: int | None = None
    unpaid_after: int = 0

    @property
    def used_minor(self) -> int:
        return used_minor(self.gross_by_group)

    @property
    def left_minor(self) -> int:
        """Never below 0: a budget may be lowered under what was used already."""
        return max(self.budget_minor - self.used_minor, 0)

    @property
    def conversions_left(self) -> int:
        return most_conversions(
            self.budget_minor, self.price_minor, self.group, self.gross_by_group
        )

    @property
    def full(self) -> bool:
        """The next whole conversion does not fit."""
        return self.conversions_left == 0

    @property
    def share(self) -> Fraction:
        """Used part of the budget, at most 1."""
        if not self.budget_minor:
            return Fraction(1)
        return min(Fraction(self.used_minor, self.budget_minor), Fraction(1))

    def after(self, conversions: int) -> int:
        """What will be used after so many more; minor units."""
        grown = dict(self.gross_by_group)
        grown[self.group] = grown.get(self.group, 0) + conversions * self.price_minor
        return used_minor(grown)


@dataclass(frozen=True, slots=True)
class Forecast:
    """At this pace: the day on which the purse is used up, if that is in its month.

    `month_end_minor`: what will be used when the month ends.
    """

    used_up_on: date | None
    month_end_minor: int


def forecast(purse: Purse, pace: Pace | None, now_ms: int) -> Forecast | None:
    """None while there are too few complete days; a full purse stays as it is."""
    if purse.full:
        return Forecast(None, purse.used_minor)
    if pace is None or not pace.per_day:
        return None
    left = purse.conversions_left
    ends_ms = now_ms + round(left / pace.per_day * _DAY_MS)
    month_end_ms = end_ms(moments.last_of(purse.month), purse.zone)
    if ends_ms < month_end_ms:
        used_up = moments.local(ends_ms, purse.zone).date()
        return Forecast(used_up, purse.after(left))
    more = int(pace.per_day * max(month_end_ms - now_ms, 0) / _DAY_MS)
    return Forecast(None, purse.after(min(more, left)))


def purse_of(sheet: AgreementSheet, month: str, rows: Iterable[Mapping[str, Any]]) -> Purse:
    """The purse of an agreement; `rows`: of the question `purses`, of all its months."""
    gross: defaultdict[FeeGroup, int] = defaultdict(int)
    own = [row for row in rows if (row["agreement_id"], row["month"]) == (sheet.id, month)]
    for row in own:
        gross[FeeGroup(row["fee_rate_bps"], row["payer_share_bps"])] += row["gross_minor"]
    paid = [row["last_billable_at"] for row in own if row["last_billable_at"] is not None]
    terms = sheet.terms
    return Purse(
        month=month,
        zone=sheet.zone,
        currency=terms.currency,
        budget_minor=sheet.budget_minor,
        price_minor=terms.price_minor,
        group=FeeGroup(terms.fee_rate_bps, terms.payer_share_bps),
        gross_by_group=dict(gross),
        last_ms=moments.to_ms(max(paid)) if paid else None,
        unpaid_after=sum(row["unpaid_after"] for row in own),
    )


def pace_of(row: Mapping[str, Any], today: date) -> Pace | None:
    """The pace of a row of the question `paces`; None while no day is complete."""
    last = today - timedelta(days=1)
    first: date = max(row["first_day"], today - timedelta(days=PACE_DAYS))
    return Pace(row["billable"], first, last) if first <= last else None
