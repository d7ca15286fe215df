"""The practice Stripe over HTTP: the API, its page, and the hooks for clock and faults."""

import json
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from embedded.stripe import page, parameters
from embedded.stripe.clock import Clock
from embedded.stripe.endpoints import ENDPOINTS
from embedded.stripe.errors import Refusal
from embedded.stripe.execution import Endpoint, Execution, Incoming
from embedded.stripe.faults import Fault, Faults, drop
from embedded.stripe.idempotency import Answer
from embedded.stripe.ledger import new_id
from embedded.stripe.store import Store

# Real keys are refused, so that nobody takes the practice Stripe for the real one.
ACCEPTED_KEYS = ("sk_test_", "rk_test_")

# Ten years in one step are enough for any practice.
MAX_ADVANCE_SECONDS = 10 * 366 * 24 * 3600


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /_fake/clock`."""

    advance_seconds: Annotated[int, msgspec.Meta(ge=0, le=MAX_ADVANCE_SECONDS)]


def application(execution: Execution, store: Store, clock: Clock, faults: Faults) -> Starlette:
    """All addresses of the practice Stripe."""
    api = [_route(endpoint, execution, faults) for endpoint in ENDPOINTS]

    async def ledger(_request: Request) -> Response:
        return HTMLResponse(page.ledger(store, clock.now()))

    return Starlette(
        routes=[
            Route("/", ledger),
            *_clock_routes(clock),
            *_fault_routes(faults),
            *api,
            Route("/{address:path}", _unknown, methods=["GET", "POST", "DELETE"]),
        ]
    )


def _route(endpoint: Endpoint, execution: Execution, faults: Faults) -> Route:
    async def serve(request: Request) -> Response:
        request_id = new_id("req")
        try:
            _authenticate(request)
            form = await _form(request)
        except Refusal as refusal:
            return _response(Answer(refusal.status, refusal.body()), request_id)
        fault = faults.take(request.method, request.url.path)
        if fault is not None and fault.kind == "drop_before":
            await drop(request)
            return Response()
        answer = await execution.answer(
            Incoming(
                endpoint,
                request.url.path,
                request.path_params,
                form,
                request.headers.get("idempotency-key"),
                request_id,
                fault,
            )
        )
        if fault is not None and fault.kind == "drop_after_commit":
            await drop(request)
            return Response()
        return _response(answer, request_id)

    return Route(endpoint.path, serve, methods=[endpoint.method])


def _authenticate(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key:
        raise Refusal(
            "You did not provide an API key. You need to provide your API key in the"
            " Authorization header, using Bearer auth.",
            status=401,
        )
    if not key.startswith(ACCEPTED_KEYS):
        raise Refusal(
            f"Invalid API Key provided: {key[:8]}***. The practice Stripe takes test keys only.",
            status=401,
        )
    if "stripe-account" in request.headers:
        raise Refusal(
            "The practice Stripe answers for the platform's own account only.",
            status=403,
            code="account_invalid",
        )


async def _form(request: Request) -> dict[str, Any]:
    encoded = (
        request.url.query
        if request.method == "GET"
        else (await request.body()).decode(errors="replace")
    )
    return parameters.decode(parse_qsl(encoded, keep_blank_values=True))


def _response(answer: Answer, request_id: str) -> Response:
    headers = {"request-id": request_id}
    if answer.original_request:
        headers |= {
            "idempotent-replayed": "true",
            "original-request": answer.original_request,
        }
    if answer.status == 409:
        headers["stripe-should-retry"] = "true"
    if answer.status >= 500:
        headers["stripe-should-retry"] = "false"
    return Response(
        json.dumps(answer.body, indent=2),
        answer.status,
        headers,
        media_type="application/json",
    )


async def _unknown(request: Request) -> Response:
    refusal = Refusal(
        f"Unrecognized request URL ({request.method}: {request.url.path}).", status=404
    )
    return _response(Answer(refusal.status, refusal.body()), new_id("req"))


def _clock_routes(clock: Clock) -> list[Route]:
    async def read(_request: Request) -> Response:
        return JSONResponse({"now": clock.now()})

    async def advance(request: Request) -> Response:
        try:
            clock.advance(msgspec.json.decode(await request.body(), type=Advance).advance_seconds)
        except msgspec.MsgspecError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"now": clock.now()})

    return [
        Route("/_fake/clock", read, methods=["GET"]),
        Route("/_fake/clock", advance, methods=["POST"]),
    ]


def _fault_routes(faults: Faults) -> list[Route]:
    def pending() -> Response:
        script = msgspec.json.encode({"faults": faults.pending()})
        return Response(script, media_type="application/json")

    async def read(_request: Request) -> Response:
        return pending()

    async def add(request: Request) -> Response:
        try:
            faults.add(msgspec.json.decode(await request.body(), type=Fault))
        except msgspec.MsgspecError as error:
            return JSONResponse({"error": str(error)}, 400)
        return pending()

    async def clear(_request: Request) -> Response:
        faults.clear()
        return pending()

    return [
        Route("/_fake/faults", read, methods=["GET"]),
        Route("/_fake/faults", add, methods=["POST"]),
        Route("/_fake/faults", clear, methods=["DELETE"]),
    ]
