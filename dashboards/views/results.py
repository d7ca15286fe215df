"""What the warehouse counted, and its sums: every figure of a page is a sum of the same rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from dashboards.views import moments
from partnerships.money import Amounts, FeeGroup, amounts

Side = Literal["paying", "earning"]

NOTHING = Amounts(0, 0, 0, 0)


class Place(NamedTuple):
    """Where clicks belong: a touch credits one partner of a site, for all agreements there."""

    partner_id: str
    site_id: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions of one step of time, agreement and fee group.

    `hour_ms`: start of the hour; None where steps are days. `added`: what they add to the month.
    """

    day: date
    hour_ms: int | None
    agreement_id: str
    advertiser_id: str
    place: Place
    objective_type: str
    currency: str
    tracked: int
    billable: int
    refusals: Mapping[str, int]
    added: Amounts


@dataclass(frozen=True, slots=True)
class Clicked:
    """The clicks of one step of time on the site of an advertiser, from one partner."""

    day: date
    hour_ms: int | None
    advertiser_id: str
    place: Place
    clicks: int


@dataclass(frozen=True, slots=True)
class Results:
    """All that was counted of an account in a period."""

    decided: tuple[Decided, ...] = ()
    clicked: tuple[Clicked, ...] = ()

    def of(self, agreement_id: str) -> "Results":
        """The decisions of one agreement, without clicks, which belong to a place."""
        return Results(tuple(each for each in self.decided if each.agreement_id == agreement_id))

    def at(self, place: Place) -> "Results":
        """What happened at one place."""
        return Results(
            tuple(each for each in self.decided if each.place == place),
            tuple(each for each in self.clicked if each.place == place),
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums. tracked = billable + refused, always.

    `results`: billable ones that are no clicks, and `rated_clicks` what they are compared with.
    """

    clicks: int = 0
    tracked: int = 0
    billable: int = 0
    refusals: Mapping[str, int] = field(default_factory=dict)
    results: int = 0
    rated_clicks: int = 0
    added: Mapping[str, Amounts] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        return sum(self.refusals.values())

    @property
    def rate(self) -> Fraction | None:
        """Results per click; None without clicks that could have led to any."""
        return Fraction(self.results, self.rated_clicks) if self.rated_clicks else None

    def money(self, side: Side) -> dict[str, int]:
        """What the side pays or gets, by currency; minor units."""
        return {
            currency: added.debit_minor if side == "paying" else added.credit_minor
            for currency, added in self.added.items()
        }

    def fees(self) -> dict[str, int]:
        """The platform's fee, whoever pays it, by currency; minor units."""
        return {currency: added.fee_minor for currency, added in self.added.items()}


def tally(results: Results, rated: Iterable[Place]) -> Tally:
    """The sums of these rows. `rated`: places with an agreement on more than clicks."""
    counts_rate = frozenset(rated)
    refusals: Counter[str] = Counter()
    added: defaultdict[str, Amounts] = defaultdict(lambda: NOTHING)
    for each in results.decided:
        refusals.update(each.refusals)
        added[each.currency] = plus(added[each.currency], each.added)
    return Tally(
        clicks=sum(each.clicks for each in results.clicked),
        tracked=sum(each.tracked for each in results.decided),
        billable=sum(each.billable for each in results.decided),
        refusals=dict(refusals),
        results=sum(each.billable for each in results.decided if each.objective_type != "click"),
        rated_clicks=sum(each.clicks for each in results.clicked if each.place in counts_rate),
        added=dict(added),
    )


def plus(one: Amounts, other: Amounts) -> Amounts:
    """The sum of two amounts of one currency."""
    return Amounts(*(a + b for a, b in zip(one, other, strict=True)))


def decided_of(row: Mapping[str, Any]) -> Decided:
    """A row of the question `results_over_time`."""
    group = FeeGroup(row["fee_rate_bps"], row["payer_share_bps"])
    before_minor = row["gross_before_minor"]
    after = amounts(before_minor + row["gross_minor"], group)
    return Decided(
        day=row["day"],
        hour_ms=_hour_ms(row),
        agreement_id=row["agreement_id"],
        advertiser_id=row["advertiser_id"],
        place=Place(row["partner_id"], row["site_id"]),
        objective_type=row["objective_type"],
        currency=row["currency"],
        tracked=row["tracked"],
        billable=row["billable"],
        refusals=row["refusals"],
        added=after.less(amounts(before_minor, group)),
    )


def clicked_of(row: Mapping[str, Any]) -> Clicked:
    """A row of the question `clicks_over_time`."""
    place = Place(row["partner_id"], row["site_id"])
    return Clicked(row["day"], _hour_ms(row), row["advertiser_id"], place, row["clicks"])


def _hour_ms(row: Mapping[str, Any]) -> int | None:
    return None if row["hour_start"] is None else moments.to_ms(row["hour_start"])
