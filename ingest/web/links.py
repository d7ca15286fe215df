"""`GET /l/{code}`: a partner's link is followed, and the visitor sent on to the advertiser."""

import secrets
from typing import Final

import structlog

from ingest import metrics
from ingest.admission import Admission
from ingest.clicks import Hit, click
from ingest.clients import Clients
from ingest.collector import Collector, Unavailable
from ingest.links import destination, with_token
from ingest.tokens import NONCE_BYTES, seal
from ingest.web import callers
from ingest.web.answers import Answer
from ingest.web.request import Request
from partnerships.keys import Keys

_NO_SUCH_LINK: Final = Answer(
    404,
    b"<!doctype html><html lang=en><meta charset=utf-8><title>No such link</title>"
    b"<meta name=viewport content='width=device-width'>"
    b"<body style='font:1rem/1.5 system-ui;margin:20vh auto;max-width:32rem;padding:0 1rem'>"
    b"<h1>This link leads nowhere</h1><p>It may be mistyped, or it was taken back. "
    b"Ask whoever gave it to you for a new one.</p>",
    ((b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")),
)

log = structlog.get_logger()


class Links:
    """The call behind every partner's link."""

    def __init__(
        self, collector: Collector, admission: Admission, clients: Clients, keys: Keys
    ) -> None:
        self._collector = collector
        self._admission = admission
        self._clients = clients
        self._keys = keys

    async def follow(self, request: Request, code: str) -> Answer:
        """302 to the landing page; with a token where the partner has an active agreement."""
        known, receipt = self._collector.known, self._collector.receipt()
        link = known.link(code)
        site = known.site(link.site_id) if link else None
        if link is None or site is None:
            return _NO_SUCH_LINK
        url = destination(link.landing_url, site, request.query)
        if not known.tracks(link, receipt.received_at):
            return _redirect(url)
        hit = Hit(
            link=link,
            site=site,
            client=callers.client(request, self._clients),
            query=request.query,
            referrer=request.header(b"referer"),
            event_id=secrets.token_hex(16),
            nonce=secrets.token_hex(NONCE_BYTES),
        )
        event = click(hit, known, receipt, self._admission)
        assert event.token is not None, "a click carries its token"
        metrics.received.inc()
        try:
            await self._collector.store([event])
        except Unavailable as error:
            # The token alone credits the partner; a visitor is not made to wait for statistics.
            metrics.clicks_lost.inc()
            log.warning("click_not_durable", reason=str(error))
        return _redirect(with_token(url, seal(event.token, self._keys.token)))


def _redirect(url: str) -> Answer:
    return Answer(302, headers=((b"location", url.encode()), (b"cache-control", b"no-store")))
