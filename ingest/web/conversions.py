"""`POST /v1/conversions`: results that an advertiser's own server knows."""

from typing import Final

from ingest import metrics
from ingest.admission import Caller
from ingest.collector import Collector
from ingest.events import Event
from ingest.idempotency import IdempotencyKeys
from ingest.identity import server_event_id
from ingest.items import SERVER_BODY, MalformedBody, Refused, ServerItem
from ingest.server_items import admit
from ingest.web import callers
from ingest.web.answers import Answer, Problem
from ingest.web.request import Request
from ingest.web.taken import taken
from partnerships.keys import Keys

_MAX_KEY: Final = 255


class Conversions:
    """The call of an advertiser's server."""

    def __init__(self, collector: Collector, keys: Keys) -> None:
        self._collector = collector
        self._keys = keys
        self._idempotency = IdempotencyKeys()

    async def post(self, request: Request) -> Answer:
        """Items whose ids derive from the key's owner, the idempotency key and their place."""
        known = self._collector.known
        who = callers.caller(request, known, "convert")
        key = request.header(b"idempotency-key").strip()
        if not key or len(key) > _MAX_KEY:
            raise Problem(400, f"Idempotency-Key must have 1 to {_MAX_KEY} characters")
        if request.media_type() != "application/json":
            raise Problem(415, "items are JSON, sent as application/json")
        body = await request.body()
        try:
            items = SERVER_BODY.read(body)
        except MalformedBody as error:
            raise Problem(400, str(error)) from None
        if self._idempotency.conflicts(who.account_id, key, body):
            raise Problem(409, "this Idempotency-Key was used with another body")
        metrics.received.inc(len(items))
        return await taken(
            self._collector,
            [self._admit(item, who, key, index) for index, item in enumerate(items)],
        )

    def _admit(
        self, item: ServerItem | Refused, who: Caller, key: str, index: int
    ) -> Event | Refused:
        if isinstance(item, Refused):
            return item
        event_id = server_event_id(who.account_id, key, index)
        known, receipt = self._collector.known, self._collector.receipt()
        return admit(item, event_id, who, known, receipt, self._keys)
