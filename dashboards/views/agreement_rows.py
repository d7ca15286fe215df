"""The table of agreements: what each brought, what it costs or earns, and its budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dashboards.views import figures, moments
from dashboards.views.meters import Meter
from dashboards.views.parties import NOUNS, OTHERS, Parties, place_of
from dashboards.views.results import Place, Results, Side, Tally, tally
from partnerships import AgreementSheet
from partnerships.money import Amounts

STATUS_WORDS: Final[Mapping[str, str]] = {
    "pending": "Pending",
    "waiting": "Waiting for a card",
    "active": "Active",
    "paused": "Paused",
    "ended": "Ended",
}


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """`clicks`: "" where another row of the same partner and site shows them already.

    `slot`: the colour of the other side. `money`, `fee`: in `currency`.
    """

    id: str
    name: str
    slot: int
    what: str
    status: str
    since: str
    clicks: str
    tracked: str
    billable: str
    refused: str
    money: str
    fee: str
    currency: str
    meter: Meter | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The last row, which equals the tiles."""

    name: str
    clicks: str
    tracked: str
    billable: str
    refused: str
    money: str
    fee: str


@dataclass(frozen=True, slots=True)
class AgreementTable:
    """`currency`: of every amount, for the head; "" where rows differ and carry it themselves."""

    rows: tuple[AgreementRow, ...]
    totals: Totals
    currency: str


def agreement_table(
    parties: Parties,
    results: Results,
    slots: Mapping[str, int],
    meters: Mapping[str, Meter],
    currency: str,
) -> AgreementTable:
    """Every agreement that is running or had something in the period."""
    rated = parties.rated()
    whole = tally(results, rated)
    currencies = {sheet.terms.currency for sheet in parties.sheets}
    shown_currency = currency if currencies <= {currency} else ""
    rows = []
    shown_places: set[Place] = set()
    for sheet in parties.sheets:
        own = tally(results.of(sheet.id), rated)
        place = place_of(sheet)
        clicks = tally(results.at(place), rated).clicks
        if sheet.status == "ended" and not own.tracked:
            continue
        first = place not in shown_places
        shown_places.add(place)
        rows.append(
            _row(
                parties,
                sheet,
                own,
                clicks if first else None,
                slots.get(parties.other_id(sheet), OTHERS),
                meters.get(sheet.id),
                bare=bool(shown_currency),
            )
        )
    return AgreementTable(
        tuple(rows), _totals(parties, whole, currency, shown_currency), shown_currency
    )


def _row(
    parties: Parties,
    sheet: AgreementSheet,
    own: Tally,
    clicks: int | None,
    slot: int,
    meter: Meter | None,
    *,
    bare: bool,
) -> AgreementRow:
    currency = sheet.terms.currency
    write = figures.amount if bare else figures.money
    running = sheet.status == "active"
    return AgreementRow(
        id=sheet.id,
        name=parties.other_name(sheet),
        slot=slot,
        what=what(sheet),
        status="" if running else STATUS_WORDS[sheet.status],
        since=moments.moment(sheet.since_ms, sheet.zone)
        if sheet.since_ms is not None and not running
        else "",
        clicks="" if clicks is None else figures.count(clicks),
        tracked=figures.count(own.tracked),
        billable=figures.count(own.billable),
        refused=figures.count(own.refused),
        money=write(own.money(parties.side).get(currency, 0), currency),
        fee=write(_fees(parties.side, own.added).get(currency, 0), currency),
        currency=currency,
        meter=meter,
    )


def what(sheet: AgreementSheet) -> str:
    """`sale, 12.00`: what is paid for, and how much for one."""
    price = figures.amount(sheet.terms.price_minor, sheet.terms.currency)
    return f"{NOUNS[sheet.objective.type]}, {price}"


def _fees(side: Side, added: Mapping[str, Amounts]) -> dict[str, int]:
    """Who pays sees the whole fee; who earns the part that was taken from them."""
    return {
        currency: each.fee_minor if side == "paying" else each.partner_fee_minor
        for currency, each in added.items()
    }


def _totals(parties: Parties, whole: Tally, currency: str, shown_currency: str) -> Totals:
    others = len({parties.other_id(sheet) for sheet in parties.sheets})
    noun = "partner" if parties.side == "paying" else "advertiser"
    money, fees = whole.money(parties.side), _fees(parties.side, whole.added)
    return Totals(
        name=f"All {figures.counted(others, noun)}" if others != 1 else "All",
        clicks=figures.count(whole.clicks),
        tracked=figures.count(whole.tracked),
        billable=figures.count(whole.billable),
        refused=figures.count(whole.refused),
        money=_sum(money, currency, shown_currency),
        fee=_sum(fees, currency, shown_currency),
    )


def _sum(by_currency: Mapping[str, int], currency: str, shown_currency: str) -> str:
    if shown_currency and by_currency.keys() <= {shown_currency}:
        return figures.amount(by_currency.get(shown_currency, 0), shown_currency)
    return figures.sums(by_currency, currency)
