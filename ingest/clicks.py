"""What the collector knows when a partner's link is followed: the `click` event and its token."""

from collections.abc import Iterator
from typing import NamedTuple

from ingest.admission import Admission, Receipt
from ingest.clients import Client
from ingest.events import Event, Flag, Token
from ingest.snapshot import KnownSite, Snapshot
from ingest.urls import read_page, read_query, read_referrer
from partnerships.catalog import Link


class Hit(NamedTuple):
    """One request for a link. `query`: raw query string; `event_id`, `nonce`: new hex digits."""

    link: Link
    site: KnownSite
    client: Client
    query: str
    referrer: str
    event_id: str
    nonce: str


def click(hit: Hit, known: Snapshot, receipt: Receipt, admission: Admission) -> Event:
    """The event of a hit; its `token` is what the landing page will carry."""
    at_ms, site = receipt.received_at, hit.site
    query, _ = read_query(hit.query, site.kept)
    referrer_host, referrer_path = read_referrer(hit.referrer)
    landing = read_page(hit.link.landing_url, site.kept)
    return Event(
        id=hit.event_id,
        site=site.id,
        type="click",
        visitor=admission.visitor("", site, hit.client, at_ms),
        cookieless=True,
        occurred_at=at_ms,
        received_at=at_ms,
        collector=receipt.collector,
        collected_id=receipt.next_id(),
        verdict=hit.client.verdict,
        networks=hit.client.hashes,
        host=landing.host if landing else "",
        path=f"/l/{hit.link.id}",
        query=query,
        referrer_host=referrer_host,
        referrer_path=referrer_path,
        token=Token(
            link=hit.link.id,
            clicked_at=at_ms,
            nonce=hit.nonce,
            flags=tuple(_flags(hit, known, at_ms)),
        ),
        gpc=hit.client.gpc,
        partner_cookie=hit.client.partner_cookie,
    )


def _flags(hit: Hit, known: Snapshot, at_ms: int) -> Iterator[Flag]:
    client, partner_id = hit.client, hit.link.partner_id
    if client.verdict != "browser":
        yield client.verdict
    if partner_id in client.partner_cookie:
        yield "partner_cookie"
    if known.view.excluded(partner_id, client.hashes, at_ms):
        yield "partner_network"
    if known.view.excluded(hit.site.advertiser_id, client.hashes, at_ms):
        yield "own"
