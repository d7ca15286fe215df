"""The ASGI application: which call answers which path, and what a failed one answers."""

from collections.abc import Awaitable, Callable
from typing import Final

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ingest import metrics
from ingest.collector import Collector
from ingest.web.answers import Answer, Problem, cross_origin, json, unavailable
from ingest.web.conversions import Conversions
from ingest.web.events import PREFLIGHT, Events
from ingest.web.links import Links
from ingest.web.request import Gone, Receive, Request, Scope, Send
from ingest.web.script import Script

Call = Callable[[Request], Awaitable[Answer]]

_LINK: Final = "/l/"
_NO_BODY: Final = (204, 304)
# What pages of other origins call, and may read the answer of.
_CROSS_ORIGIN: Final = ("/v1/events", "/p.gif")


class App:
    """All calls of the collector."""

    def __init__(
        self,
        collector: Collector,
        events: Events,
        conversions: Conversions,
        links: Links,
        script: Script,
    ) -> None:
        self._collector = collector
        self._links = links
        self._script = script
        self._taking: dict[tuple[str, str], Call] = {
            ("POST", "/v1/events"): events.post,
            ("GET", "/p.gif"): events.pixel,
            ("HEAD", "/p.gif"): events.pixel,
            ("POST", "/v1/conversions"): conversions.post,
        }
        self._telling: dict[tuple[str, str], Call] = {
            ("OPTIONS", "/v1/events"): _preflight,
            ("GET", "/t.js"): self._tag,
            ("HEAD", "/t.js"): self._tag,
            ("GET", "/health/live"): self._live,
            ("GET", "/health/ready"): self._ready,
            ("GET", "/metrics"): self._metrics,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        assert scope["type"] == "http", "the server is started without lifespan and websockets"
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Gone:
            return
        except Problem as problem:
            metrics.rejected.labels(str(problem.status)).inc()
            answer = problem.answer()
        if request.path in _CROSS_ORIGIN:
            answer = cross_origin(answer, request.header(b"origin"))
        await _send(answer, send)

    async def _answer(self, request: Request) -> Answer:
        called = (request.method, request.path)
        if take := self._taking.get(called):
            self._check_open()
            return await take(request)
        if tell := self._telling.get(called):
            return await tell(request)
        if request.method in ("GET", "HEAD") and request.path.startswith(_LINK):
            self._check_open()
            return await self._links.follow(request, request.path.removeprefix(_LINK))
        return self._fixed_tag(request) or self._nothing(request)

    def _check_open(self) -> None:
        if not self._collector.open:
            raise unavailable("the collector is starting")

    def _fixed_tag(self, request: Request) -> Answer | None:
        name = request.path.removeprefix("/t.").removesuffix(".js")
        is_tag = request.method in ("GET", "HEAD") and request.path == f"/t.{name}.js"
        return self._script.fixed(request, name) if is_tag else None

    def _nothing(self, request: Request) -> Answer:
        known = [*self._taking, *self._telling]
        methods = sorted(method for method, path in known if path == request.path)
        if methods:
            allowed = ", ".join(methods)
            raise Problem(405, f"use {allowed}", (b"allow", allowed.encode()))
        raise Problem(404, "there is no such call")

    async def _tag(self, request: Request) -> Answer:
        return self._script.moving(request)

    async def _live(self, _: Request) -> Answer:
        return json(200, {"live": True})

    async def _ready(self, _: Request) -> Answer:
        reasons = self._collector.unready()
        return json(503 if reasons else 200, {"ready": not reasons, "reasons": reasons})

    async def _metrics(self, _: Request) -> Answer:
        content_type = (b"content-type", CONTENT_TYPE_LATEST.encode())
        return Answer(200, generate_latest(metrics.REGISTRY), (content_type,))


async def _preflight(_: Request) -> Answer:
    return PREFLIGHT


async def _send(answer: Answer, send: Send) -> None:
    headers = list(answer.headers)
    if answer.status not in _NO_BODY:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
