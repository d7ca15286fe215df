"""The application: routes, files, and what is said when something goes wrong."""

import asyncio
import secrets
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dashboards.addresses import Address
from dashboards.headers import Headers
from dashboards.parts import Parts
from dashboards.recognition import Recognition
from dashboards.rendering import public_page
from dashboards.routes import (
    agreements,
    api,
    conversions,
    home,
    live,
    overview,
    sign_in,
    statements,
)
from dashboards.visits import ForgedForm, NotFound, SignedOut
from warehouse.store import StoreError

log = structlog.get_logger()

PARTS: Final = (home, sign_in, overview, agreements, conversions, statements, live, api)
"""The modules whose `router` answers; together they are every address there is."""

_REFERENCE_BYTES: Final = 4
_FOREVER: Final = "public, max-age=31536000, immutable"

_NOT_FOUND: Final = (
    "We can't find that page. It may have been removed, or it belongs to another account."
)
_FORGED: Final = (
    "This form is too old or came from another page. Go back, reload, and send it again."
)
_UNAVAILABLE: Final = "We can't reach the numbers just now. Nothing is lost. Try again in a minute."


class _Files(StaticFiles):
    """Files whose names change with their content: kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOREVER
        return response


def create_app(parts: Parts) -> Any:
    """The ASGI application on these parts; `state.closing` is set when it ends."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.parts = parts
    app.state.recognition = Recognition(parts)
    app.state.closing = asyncio.Event()
    for part in PARTS:
        app.include_router(part.router)
    app.mount("/static", _Files(directory=parts.built.directory))
    _tell_errors(app)
    app.add_middleware(Headers, secure=parts.settings.secure)
    return app


def _tell_errors(app: FastAPI) -> None:
    app.add_exception_handler(SignedOut, _signed_out)
    app.add_exception_handler(NotFound, lambda request, _: _error(request, 404, _NOT_FOUND))
    app.add_exception_handler(ForgedForm, lambda request, _: _error(request, 403, _FORGED))
    app.add_exception_handler(
        RequestValidationError, lambda request, _: _error(request, 404, _NOT_FOUND)
    )
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(StoreError, _unavailable)
    app.add_exception_handler(OperationalError, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


def _signed_out(request: Request, _: Exception) -> Response:
    path = request.url.path
    if path.startswith(("/api/", "/live/")):
        return _error(request, 401, "Sign in first.")
    wanted = str(
        Address("/sign-in", {"next": path + (f"?{query}" if (query := request.url.query) else "")})
    )
    if request.headers.get("hx-request"):
        return Response(headers={"HX-Redirect": wanted})
    return RedirectResponse(wanted if request.method == "GET" else "/sign-in", 303)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = _NOT_FOUND if error.status_code == 404 else str(error.detail)
    return _error(request, error.status_code, words)


def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("unavailable", path=request.url.path, error=type(error).__name__)
    return _error(request, 503, _UNAVAILABLE)


def _unexpected(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(_REFERENCE_BYTES).upper()
    log.error("unexpected", path=request.url.path, reference=reference, exc_info=error)
    words = (
        f"Something went wrong on our side. Nothing was charged or changed. Reference {reference}."
    )
    return _error(request, 500, words)


def _error(request: Request, status: int, words: str) -> Response:
    if request.url.path.startswith(("/api/", "/live/")):
        body = {"title": words, "status": status}
        return JSONResponse(body, status, media_type="application/problem+json")
    return public_page(request, "error.html", status=status, words=words)
