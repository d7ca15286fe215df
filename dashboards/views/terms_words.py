"""What was agreed, in sentences that both sides read the same."""

from fractions import Fraction
from typing import Final

from dashboards.views import figures
from dashboards.views.parties import NOUNS, possessive
from dashboards.views.results import Side
from partnerships import AgreementSheet
from partnerships.money import FeeGroup
from partnerships.terms import Breakdown, breakdown, fee_paid_by

_WHOLE_BPS: Final = 10_000


def terms_words(sheet: AgreementSheet, side: Side) -> list[str]:
    """One sentence a line, for the side that reads them."""
    terms = sheet.terms
    noun = NOUNS[sheet.objective.type]
    group = FeeGroup(terms.fee_rate_bps, terms.payer_share_bps)
    found = breakdown(terms.price_minor, group, sheet.budget_minor)
    price = figures.money(terms.price_minor, terms.currency)
    who, whose = (
        ("You pay", possessive(sheet.partner_name))
        if side == "paying"
        else (f"{sheet.advertiser_name} pays you", "your")
    )
    followed = (
        f"{who} {price} for every {noun} on {whose} link that lands on {sheet.site.hosts[0]}."
        if noun == "click"
        else f"{who} {price} for every {noun} that follows a click on {whose} link within"
        f" {figures.counted(terms.window_days, 'day')}."
    )
    return [
        followed,
        _fee(sheet, side, noun, found),
        f"Up to {figures.counted(found.most, noun)} a month, fees included (budget"
        f" {figures.money(sheet.budget_minor, terms.currency)}).",
        f"Counted once per {sheet.objective.count}.",
        _payment(sheet, side),
    ]


def _fee(sheet: AgreementSheet, side: Side, noun: str, found: Breakdown) -> str:
    terms = sheet.terms
    rate = figures.percent(Fraction(terms.fee_rate_bps, _WHOLE_BPS))
    word = fee_paid_by(terms.payer_share_bps)
    partner = "you" if side == "earning" else sheet.partner_name
    payer = "you" if side == "paying" else sheet.advertiser_name
    who = {
        "partner": "comes out of it",
        "half": "is shared half and half",
        "payer": f"is paid by {payer} on top",
    }[word]
    each = "" if found.number == 1 else f" for {figures.counted(found.number, noun)}"
    gets = figures.money(found.amounts.credit_minor, terms.currency)
    pays = figures.money(found.amounts.debit_minor, terms.currency)
    sentence = f"The platform fee of {rate} {who}: {_verb(partner, 'get')} {gets}{each}"
    if side == "paying":
        sentence += f", you pay {pays}"
    rounding = "" if found.number == 1 else " Cents are rounded once over the month."
    return f"{sentence}.{rounding}"


def _verb(who: str, verb: str) -> str:
    return f"{who} {verb}" if who == "you" else f"{who} {verb}s"


def _payment(sheet: AgreementSheet, side: Side) -> str:
    terms = sheet.terms
    least = figures.money(terms.transfer_minimum_minor, terms.currency)
    hold = figures.counted(terms.hold_days, "day")
    if side == "paying":
        return "Charged once a day, after the day is closed."
    after = f"Paid {hold} after the day is charged" if terms.hold_days else "Paid once charged"
    return f"{after}, from {least}." if terms.transfer_minimum_minor else f"{after}."
