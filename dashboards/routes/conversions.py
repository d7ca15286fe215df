"""Results one by one: the list of a period, and why each was or was not paid."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from dashboards.addresses import address_of, asked_of
from dashboards.reading.lists import read_list
from dashboards.reading.viewers import read_parties, zone_of
from dashboards.reading.whys import read_why
from dashboards.rendering import page
from dashboards.views import ranges
from dashboards.views.reasons import WORDS
from dashboards.views.results import Side
from dashboards.visits import NotFound, SignedIn, Visit, parts_of

router = APIRouter()

_CHOICES: Final = {"": "All results", "billable": "Billable", "refused": "All refused"}


@router.get("/paying/conversions")
def paying(visit: SignedIn) -> Response:
    """All results of who pays."""
    return _list(visit.on("paying"), "paying")


@router.get("/earning/conversions")
def earning(visit: SignedIn) -> Response:
    """All results of who earns."""
    return _list(visit.on("earning"), "earning")


@router.get("/conversions/{conversion_id}")
def why(visit: SignedIn, conversion_id: str) -> Response:
    """The why as a page."""
    return _why(visit, conversion_id, "why.html")


@router.get("/conversions/{conversion_id}/drawer")
def why_drawer(visit: SignedIn, conversion_id: str) -> Response:
    """The same beside the page that it was opened from."""
    return _why(visit, conversion_id, "why_body.html")


def _why(visit: Visit, conversion_id: str, template: str) -> Response:
    found = read_why(parts_of(visit.request), visit.viewer, conversion_id)
    if found is None:
        raise NotFound
    side, shown = found
    return page(visit, side, template, why=shown)


def _list(visit: Visit, side: Side) -> Response:
    parts = parts_of(visit.request)
    given = visit.request.query_params
    parties = read_parties(parts, visit.viewer, side)
    zone = zone_of(parties, visit.viewer)
    address = address_of(f"/{side}/conversions", given)
    asked = asked_of(address, zone, parts.now_ms())
    reason = given.get("reason", "")
    number = given.get("page", "1")
    if reason not in _CHOICES and reason not in WORDS:
        raise NotFound
    if not (number.isascii() and number.isdigit()) or not 0 < int(number) < 100_000:
        raise NotFound
    agreement_id = given.get("agreement", "")
    if agreement_id and parties.sheet(agreement_id) is None:
        raise NotFound
    address = address.with_(reason=reason, agreement=agreement_id)
    shown = read_list(parts, visit.viewer, parties, asked, agreement_id, reason, int(number))
    return page(
        visit,
        side,
        "conversions.html",
        status=400 if asked.problem else 200,
        shown=shown,
        asked=asked,
        reason=reason,
        choices=_CHOICES | {k: v for k, v in WORDS.items() if k != "billable"},
        agreement=parties.sheet(agreement_id) if agreement_id else None,
        parties=parties,
        address=address,
        presets=ranges.presets(zone, parts.now_ms()),
    )
