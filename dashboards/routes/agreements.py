"""One agreement in full, from either side: its link, its terms, its results, its lines."""

from fastapi import APIRouter
from starlette.responses import Response

from dashboards.addresses import address_of, asked_of
from dashboards.reading.agreements import read_lines
from dashboards.reading.overviews import read_overview
from dashboards.reading.viewers import read_parties
from dashboards.rendering import page
from dashboards.views import moments, ranges
from dashboards.views.agreement_rows import STATUS_WORDS, what
from dashboards.views.results import Side
from dashboards.views.terms_words import terms_words
from dashboards.visits import NotFound, SignedIn, Visit, parts_of

router = APIRouter()


@router.get("/paying/agreements/{agreement_id}")
def paying(visit: SignedIn, agreement_id: str) -> Response:
    """A partner, for who pays."""
    return _agreement(visit.on("paying"), "paying", agreement_id, "agreement.html")


@router.get("/paying/agreements/{agreement_id}/live")
def paying_live(visit: SignedIn, agreement_id: str) -> Response:
    """The part of the page that changes."""
    return _agreement(visit.on("paying"), "paying", agreement_id, "agreement_live.html")


@router.get("/earning/agreements/{agreement_id}")
def earning(visit: SignedIn, agreement_id: str) -> Response:
    """An advertiser, for who earns."""
    return _agreement(visit.on("earning"), "earning", agreement_id, "agreement.html")


@router.get("/earning/agreements/{agreement_id}/live")
def earning_live(visit: SignedIn, agreement_id: str) -> Response:
    """The part of the page that changes."""
    return _agreement(visit.on("earning"), "earning", agreement_id, "agreement_live.html")


def _agreement(visit: Visit, side: Side, agreement_id: str, template: str) -> Response:
    parts = parts_of(visit.request)
    parties = read_parties(parts, visit.viewer, side)
    sheet = parties.sheet(agreement_id)
    if sheet is None:
        raise NotFound
    address = address_of(f"/{side}/agreements/{agreement_id}", visit.request.query_params)
    asked = asked_of(address, sheet.zone, parts.now_ms())
    since = moments.moment_of_year(sheet.since_ms, sheet.zone) if sheet.since_ms else ""
    return page(
        visit,
        side,
        template,
        status=400 if asked.problem else 200,
        shown=read_overview(parts, visit.viewer, parties, asked, agreement_id),
        parties=parties,
        sheet=sheet,
        name=parties.other_name(sheet),
        what=what(sheet),
        status_word=STATUS_WORDS[sheet.status],
        since=since,
        link=f"{parts.settings.collector_url}/l/{sheet.link.id}" if sheet.link else "",
        terms=terms_words(sheet, side),
        lines=read_lines(parts, side, sheet),
        address=address,
        presets=ranges.presets(sheet.zone, parts.now_ms()),
    )
