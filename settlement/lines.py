"""A statement's line: what one close adds to a month's fee group, to the cent (rules.md §8).

A line's amounts are those of everything billed so far including it, less those before, so the
month's totals never depend on days, batches or order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from partnerships.days import end_ms
from partnerships.money import Amounts, FeeGroup, amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Conversions of one purse, fee group and own day that one close bills together.

    `own_day`: the conversions' day; before the day of the close, the line is late. `before`,
    `after`: of the whole fee group. `hold_days`: the longest of its terms. `budget_minor`: the
    greatest budget that one of its conversions was admitted inside. `digest`: SHA-256 over the
    conversion ids in their order. A line that is not `chargeable` moves no money, ever.
    """

    agreement_id: str
    partner_id: str
    month: str
    group: FeeGroup
    currency: str
    own_day: date
    conversions: int
    before: Amounts
    after: Amounts
    hold_days: int
    budget_minor: int
    digest: str
    chargeable: bool = True

    @property
    def added(self) -> Amounts:
        """What this line adds: nothing, when it may not be charged."""
        return self.after.less(self.before) if self.chargeable else _NOTHING


_NOTHING = Amounts(0, 0, 0, 0)


def grown(gross_minor: int, added_minor: int, group: FeeGroup) -> tuple[Amounts, Amounts]:
    """A fee group's amounts before and after more gross."""
    return amounts(gross_minor, group), amounts(gross_minor + added_minor, group)


def digest_of(conversion_ids: Iterable[str]) -> str:
    """What a plan and a line keep of their conversions: any other set has another digest."""
    hashed = sha256()
    for conversion_id in conversion_ids:
        hashed.update(conversion_id.encode() + b"\n")
    return hashed.hexdigest()


def releases_at_ms(line: Line, zone: str) -> int:
    """When the hold of a line is over: the end of its own day in the zone, and the hold's days."""
    return end_ms(line.own_day + timedelta(days=line.hold_days), zone)
