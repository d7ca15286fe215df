"""The page of each side: what happened in a period, updating by itself."""

from fastapi import APIRouter
from starlette.responses import Response

from dashboards.addresses import address_of, asked_of
from dashboards.reading.earned import read_sums
from dashboards.reading.overviews import read_overview
from dashboards.reading.viewers import currency_of, read_parties, zone_of
from dashboards.rendering import page
from dashboards.views import figures, ranges
from dashboards.views.parties import Parties
from dashboards.views.results import Side
from dashboards.visits import SignedIn, Visit, parts_of

router = APIRouter()


@router.get("/paying")
def paying(visit: SignedIn) -> Response:
    """What it costs."""
    return _overview(visit.on("paying"), "paying", "overview.html")


@router.get("/paying/live")
def paying_live(visit: SignedIn) -> Response:
    """The part of the page that changes."""
    return _overview(visit.on("paying"), "paying", "overview_live.html")


@router.get("/earning")
def earning(visit: SignedIn) -> Response:
    """What it brings."""
    return _overview(visit.on("earning"), "earning", "overview.html")


@router.get("/earning/live")
def earning_live(visit: SignedIn) -> Response:
    """The part of the page that changes."""
    return _overview(visit.on("earning"), "earning", "overview_live.html")


def _only_link(parties: Parties, collector_url: str) -> str:
    """The link of a partner with one running agreement; "" for everybody else."""
    running = [sheet for sheet in parties.sheets if sheet.status == "active"]
    if parties.side == "paying" or len(running) != 1 or running[0].link is None:
        return ""
    return f"{collector_url}/l/{running[0].link.id}"


def _overview(visit: Visit, side: Side, template: str) -> Response:
    parts = parts_of(visit.request)
    parties = read_parties(parts, visit.viewer, side)
    currency = currency_of(parties, visit.viewer)
    zone = zone_of(parties, visit.viewer)
    address = address_of(f"/{side}", visit.request.query_params)
    asked = asked_of(address, zone, parts.now_ms())
    return page(
        visit,
        side,
        template,
        status=400 if asked.problem else 200,
        shown=read_overview(parts, visit.viewer, parties, asked),
        sums=read_sums(parts, visit.viewer, parties) if side == "earning" else None,
        parties=parties,
        link=_only_link(parties, parts.settings.collector_url),
        address=address,
        presets=ranges.presets(zone, parts.now_ms()),
        write=lambda by_currency: figures.sums(by_currency, currency),
    )
