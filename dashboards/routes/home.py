"""What it is, for whoever comes by, and whether it runs, for whoever watches."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dashboards.rendering import public_page
from dashboards.visits import current

router = APIRouter()


@router.get("/")
def home(request: Request) -> Response:
    """The first page; who is signed in goes on to their numbers."""
    if visit := current(request):
        return RedirectResponse(f"/{visit.viewer.sides[0]}", 303)
    return public_page(request, "home.html")


@router.get("/health")
def health() -> Response:
    """This process answers; what it reads from is not asked."""
    return JSONResponse({"live": True})
