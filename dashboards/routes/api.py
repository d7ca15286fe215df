"""The numbers of the pages as JSON, for programs; from the same reading as the page."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from dashboards.addresses import address_of, asked_of
from dashboards.reading.overviews import read_overview
from dashboards.reading.viewers import read_parties, zone_of
from dashboards.views.numbers import numbers
from dashboards.views.results import Side
from dashboards.visits import NotFound, SignedIn, parts_of

router = APIRouter(prefix="/api/v1")


@router.get("/overview")
def overview(visit: SignedIn, side: str = "") -> Response:
    """The overview of a side; `range`, `from`, `to`, `against` and `metric` as on the page."""
    chosen: Side = "earning" if side == "earning" else "paying"
    if side not in ("paying", "earning"):
        raise NotFound
    visit.on(chosen)
    parts = parts_of(visit.request)
    parties = read_parties(parts, visit.viewer, chosen)
    zone = zone_of(parties, visit.viewer)
    asked = asked_of(address_of(f"/{chosen}", visit.request.query_params), zone, parts.now_ms())
    if asked.problem:
        return _problem(400, "The range can't be used", asked.problem)
    shown = read_overview(parts, visit.viewer, parties, asked)
    return JSONResponse(numbers(shown, chosen))


def _problem(status: int, title: str, detail: str) -> Response:
    body: dict[str, Any] = {"title": title, "status": status, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
