"""Streams that say when an account has something new: the page then asks for its numbers again."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from dashboards.live import stream
from dashboards.reading.counts import Counts
from dashboards.reading.viewers import read_parties, zone_of
from dashboards.views import moments
from dashboards.views.results import Side
from dashboards.visits import SignedIn, Visit, parts_of

router = APIRouter()


@router.get("/live/paying")
async def paying(visit: SignedIn, seen: str = "") -> StreamingResponse:
    """Of who pays."""
    return await _stream(visit.on("paying"), "paying", seen)


@router.get("/live/earning")
async def earning(visit: SignedIn, seen: str = "") -> StreamingResponse:
    """Of who earns."""
    return await _stream(visit.on("earning"), "earning", seen)


async def _stream(visit: Visit, side: Side, seen: str) -> StreamingResponse:
    """`seen`: what the page already shows; what came since is told at once."""
    request: Request = visit.request
    parts = parts_of(visit.request)
    parties = await run_in_threadpool(read_parties, parts, visit.viewer, side)
    zone = zone_of(parties, visit.viewer)
    counts = Counts(parts.warehouse, side, visit.viewer.account.account_id)

    def newest() -> str:
        return counts.newest(moments.local(parts.now_ms(), zone).date())

    events = stream(newest, request.headers.get("last-event-id", seen), request.app.state.closing)
    return StreamingResponse(
        events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )
