"""Money that moved: what an advertiser was charged, what a partner earned."""

import re
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from dashboards.reading.billed import read_billing, read_statement
from dashboards.reading.earned import read_earnings
from dashboards.reading.viewers import currency_of, read_parties, zone_of
from dashboards.rendering import page
from dashboards.views import figures, moments
from dashboards.visits import NotFound, SignedIn, parts_of
from partnerships.days import month_of

router = APIRouter()

_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@router.get("/paying/statements")
def billing(visit: SignedIn) -> Response:
    """Billing."""
    visit.on("paying")
    parts = parts_of(visit.request)
    return page(
        visit,
        "paying",
        "billing.html",
        billing=read_billing(parts, visit.viewer),
        account=visit.viewer.account,
    )


@router.get("/paying/statements/{statement_id}")
def statement(visit: SignedIn, statement_id: str) -> Response:
    """One day's statement."""
    visit.on("paying")
    parts = parts_of(visit.request)
    parties = read_parties(parts, visit.viewer, "paying")
    sheet = read_statement(parts, visit.viewer, parties, statement_id)
    if sheet is None:
        raise NotFound
    return page(visit, "paying", "statement.html", statement=sheet)


@router.get("/earning/statements")
def earned(visit: SignedIn, month: str = "") -> Response:
    """Earnings of a month."""
    visit.on("earning")
    parts = parts_of(visit.request)
    parties = read_parties(parts, visit.viewer, "earning")
    zone, currency = zone_of(parties, visit.viewer), currency_of(parties, visit.viewer)
    this_month = month_of(moments.local(parts.now_ms(), zone).date())
    chosen = month or this_month
    if not _MONTH.fullmatch(chosen) or chosen > this_month:
        raise NotFound
    return page(
        visit,
        "earning",
        "earnings.html",
        earnings=read_earnings(parts, visit.viewer, parties, chosen),
        month_name=f"{moments.month_name(chosen)} {chosen[:4]}",
        previous=moments.month_before(chosen),
        next=moments.month_after(chosen) if chosen < this_month else "",
        running=chosen == this_month,
        write=lambda by_currency: figures.sums(by_currency, currency),
        zone=zone,
    )
