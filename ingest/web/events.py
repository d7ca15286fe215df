"""`POST /v1/events` and `GET /p.gif`: what tags, pixels and imports send."""

import secrets
from base64 import b64decode
from typing import Final

import msgspec

from ingest import metrics
from ingest.admission import ANYONE, Admission, Caller
from ingest.clients import Client, Clients
from ingest.collector import Collector
from ingest.events import Event
from ingest.items import EVENT_BODY, EventItem, MalformedBody, Refused
from ingest.urls import parameters
from ingest.web import callers
from ingest.web.answers import Answer, Problem
from ingest.web.request import Request
from ingest.web.taken import taken

_MEDIA_TYPES: Final = ("application/json", "text/plain")
_GIF: Final = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_GIF_HEADERS: Final = ((b"content-type", b"image/gif"), (b"cache-control", b"no-store"))
PREFLIGHT: Final = Answer(
    204,
    headers=(
        (b"access-control-allow-methods", b"POST"),
        (b"access-control-allow-headers", b"content-type"),
        (b"access-control-max-age", b"86400"),
    ),
)


class Events:
    """The calls of a page."""

    def __init__(self, collector: Collector, admission: Admission, clients: Clients) -> None:
        self._collector = collector
        self._admission = admission
        self._clients = clients

    async def post(self, request: Request) -> Answer:
        """Events of a browser, or with an import key of a log or another system."""
        known = self._collector.known
        who = callers.caller_or_anyone(request, known, "import")
        if request.media_type() not in _MEDIA_TYPES:
            raise Problem(415, "events are JSON, sent as application/json or text/plain")
        try:
            items = EVENT_BODY.read(await request.body())
        except MalformedBody as error:
            raise Problem(400, str(error)) from None
        client = callers.client(request, self._clients)
        return await taken(self._collector, self._admit(items, client, who))

    async def pixel(self, request: Request) -> Answer:
        """One event in query parameters; the page is the referrer, unless `url` says another."""
        fields: dict[str, str] = {}
        for name, value in parameters(request.query):
            fields.setdefault(name, value)
        fields.setdefault("id", secrets.token_hex(16))
        fields.setdefault("type", "page")
        fields.setdefault("url", request.header(b"referer"))
        try:
            item: EventItem | Refused = msgspec.convert(fields, EventItem, strict=False)
        except msgspec.ValidationError as error:
            item = Refused("malformed", str(error))
        client = callers.client(request, self._clients)
        answer = await taken(self._collector, self._admit([item], client, ANYONE))
        return Answer(200, _GIF, _GIF_HEADERS) if answer.status == 202 else answer

    def _admit(
        self, items: list[EventItem | Refused], client: Client, who: Caller
    ) -> list[Event | Refused]:
        known, receipt = self._collector.known, self._collector.receipt()
        metrics.received.inc(len(items))
        return [
            item
            if isinstance(item, Refused)
            else self._admission.event(item, client, who, known, receipt)
            for item in items
        ]
