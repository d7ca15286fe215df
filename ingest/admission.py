"""What becomes of one event of a tag, a pixel or an import: an event of the log, or a refusal.

Everything that needs a secret, a clock or the client is resolved here; the streams judge the rest.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from ingest.clients import Client, Clients
from ingest.event_time import EventTime
from ingest.events import Event, Token
from ingest.extras import masked, order_kept, refused_extras, time_of
from ingest.identity import cookieless_key, visitor_key
from ingest.items import EventItem, Refused
from ingest.masking import mask
from ingest.snapshot import KnownSite, Snapshot
from ingest.tokens import open_token
from ingest.urls import Page, read_page, read_referrer
from ingest.verdicts import verdict
from partnerships.days import day_of
from partnerships.keys import Keys

_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose server key came with the request; a browser has none."""

    account_id: str = ""
    imports: bool = False


ANYONE: Final = Caller()


@dataclass(frozen=True, slots=True)
class Receipt:
    """When and by whom something was received. `next_id` makes the collector's own ids."""

    received_at: int
    collector: str
    next_id: Callable[[], str]


class _Resolved(NamedTuple):
    id: str
    site: KnownSite
    page: Page
    at: EventTime


class Admission:
    """Turns items into events with an installation's keys."""

    def __init__(self, keys: Keys, clients: Clients) -> None:
        self._keys = keys
        self._clients = clients

    def event(
        self, item: EventItem, client: Client, caller: Caller, known: Snapshot, receipt: Receipt
    ) -> Event | Refused:
        """The event of an item; with an import key its client is the one that the item names."""
        resolved = _resolve(item, caller, known, receipt)
        if isinstance(resolved, Refused):
            return resolved
        if caller.imports:
            imported = self._imported_client(item)
            if isinstance(imported, Refused):
                return imported
            client = imported
        return self._event(item, resolved, client, caller, receipt)

    def _event(
        self,
        item: EventItem,
        resolved: _Resolved,
        client: Client,
        caller: Caller,
        receipt: Receipt,
    ) -> Event:
        event_id, site, page, at = resolved
        gpc = item.gpc or client.gpc
        cookieless = gpc or not item.visitor or item.consent == "denied"
        referrer_host, referrer_path = read_referrer(item.referrer)
        token, code = self._click(page.click or item.click)
        return Event(
            id=event_id,
            site=site.id,
            type=item.type,
            visitor=self.visitor("" if cookieless else item.visitor, site, client, at.at_ms),
            cookieless=cookieless,
            occurred_at=at.at_ms,
            received_at=receipt.received_at,
            collector=receipt.collector,
            collected_id=receipt.next_id(),
            verdict=client.verdict,
            networks=client.hashes,
            name=mask(item.name),
            host=page.host,
            path=page.path,
            query=page.query,
            referrer_host=referrer_host,
            referrer_path=referrer_path,
            token=token,
            code=code,
            order=order_kept(item.order, self._keys.conversion),
            value_minor=item.value_minor,
            currency=item.currency,
            properties=masked(item.properties),
            consent=item.consent,
            gpc=gpc,
            test=item.test,
            imported=caller.imports,
            too_old=at.too_old,
            partner_cookie=client.partner_cookie,
        )

    def visitor(self, first_party_id: str, site: KnownSite, client: Client, at_ms: int) -> str:
        """The visitor key; without a first-party id, the cookieless one of that day."""
        if first_party_id:
            return visitor_key(site.id, first_party_id, self._keys.visitor)
        day = day_of(at_ms, site.zone)
        return cookieless_key(site.id, client.network, client.agent, day, self._keys.visitor)

    def _imported_client(self, item: EventItem) -> Client | Refused:
        agent = item.user_agent or ""
        found = verdict(agent, head=item.head)
        try:
            return self._clients.client(item.client_address or "", agent, found)
        except ValueError:
            return Refused("bad_address", "client_address is no IP address")

    def _click(self, click: str) -> tuple[Token | None, str]:
        if not click:
            return None, ""
        token = open_token(click, self._keys.tokens)
        return token, "" if token else mask(click)


def _resolve(
    item: EventItem, caller: Caller, known: Snapshot, receipt: Receipt
) -> _Resolved | Refused:
    if not caller.imports and _names_a_client(item):
        return Refused("import_only", "client_address, user_agent and head need an import key")
    event_id = item.id.lower()
    if not _ID.fullmatch(event_id):
        return Refused("bad_id", "id must be 32 hexadecimal digits")
    site = known.site_with_key(item.site)
    if site is None:
        return Refused("unknown_site", "no site has this key")
    if caller.imports and site.advertiser_id != caller.account_id:
        return Refused("foreign_site", "the site belongs to another account than the key")
    page = read_page(item.url, site.kept)
    if page is None:
        return Refused("bad_url", "url must be an absolute http or https address")
    if item.type == "event" and not item.name:
        return Refused("no_name", "an event needs a name")
    if refused := refused_extras(item):
        return refused
    at = time_of(item, receipt.received_at, imports=caller.imports)
    return at if isinstance(at, Refused) else _Resolved(event_id, site, page, at)


def _names_a_client(item: EventItem) -> bool:
    return item.client_address is not None or item.user_agent is not None or item.head
