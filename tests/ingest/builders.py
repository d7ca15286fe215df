"""What ingest's tests are made of, with defaults: show only what matters."""

from hashlib import sha256
from itertools import count
from typing import Any

import msgspec

from ingest.admission import Receipt
from ingest.clients import Client
from ingest.items import EventItem, ServerItem
from ingest.snapshot import Snapshot
from partnerships.catalog import (
    Account,
    Agreement,
    Budget,
    Campaign,
    Catalog,
    CatalogRecord,
    Exclusion,
    Link,
    Objective,
    Record,
    ServerKey,
    Site,
    Standing,
    Terms,
)
from partnerships.keys import Keys, TokenKey
from partnerships.networks import NetworkKey, network_hashes

NOW = 1_780_000_000_000
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PARTNERS_ADDRESS = "203.0.113.7"
PAYERS_ADDRESS = "203.0.113.200"
IMPORT_SECRET = "import-secret-of-store"
CONVERT_SECRET = "convert-secret-of-store"
FOREIGN_SECRET = "import-secret-of-anna"
KEYS = Keys(
    network=NetworkKey("n2", b"n" * 32),
    previous_network=NetworkKey("n1", b"N" * 32),
    token=TokenKey("t2", b"t" * 32),
    previous_token=TokenKey("t1", b"T" * 32),
    visitor=b"v" * 32,
    conversion=b"c" * 32,
    cookie=b"k" * 32,
    session=b"s" * 32,
    receipt=b"r" * 32,
)
KEYS_TOML = """
visitor = "{0}"
conversion = "{0}"
cookie = "{0}"
session = "{0}"
receipt = "{0}"
[network]
id = "n"
secret = "{0}"
[token]
id = "t"
secret = "{0}"
""".format("5a" * 32)


def secret_digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def records(keys: Keys = KEYS) -> list[CatalogRecord]:
    """A store with three objectives; anna has an agreement, ben had one, cleo has none."""
    made: list[CatalogRecord] = [
        Account(id="store", name="Store", zone="Europe/Berlin", currency="EUR"),
        Account(id="anna", name="Anna", zone="Europe/Berlin", currency="EUR"),
        Site(
            id="store",
            advertiser_id="store",
            key="ck_store",
            hosts=("store.example", "www.store.example"),
            landing_url="https://store.example/",
            verified_from_ms=0,
        ),
        Site(
            id="annas",
            advertiser_id="anna",
            key="ck_annas",
            hosts=("anna.example",),
            landing_url="https://anna.example/",
        ),
        Objective(
            id="purchase",
            site_id="store",
            name="Purchase",
            type="sale",
            count="order",
            event="purchase",
            server=True,
        ),
        Objective(
            id="booking",
            site_id="store",
            name="Booking",
            type="appointment",
            count="session",
            page="/booked?slot=*",
        ),
        Objective(id="visit", site_id="store", name="Visit", type="click", count="day"),
        *_agreement("anna", "active"),
        *_agreement("ben", "ended"),
        Link(
            id="anna0001",
            partner_id="anna",
            site_id="store",
            landing_url="https://store.example/spring?lang=en#top",
        ),
        Link(id="ben00001", partner_id="ben", site_id="store", landing_url="https://store.example"),
        Link(id="cleo0001", partner_id="cleo", site_id="store", landing_url="https://evil.example"),
        Campaign(id="ref-cleo", partner_id="cleo", site_id="store", parameter="ref", value="cleo"),
        *_exclusions("anna", PARTNERS_ADDRESS, keys),
        *_exclusions("store", PAYERS_ADDRESS, keys),
        _key("k-import", "store", IMPORT_SECRET, "import"),
        _key("k-convert", "store", CONVERT_SECRET, "convert"),
        _key("k-foreign", "anna", FOREIGN_SECRET, "import", "convert"),
    ]
    return [
        msgspec.structs.replace(record, sequence=number) for number, record in enumerate(made, 1)
    ]


def known(*more: Record, keys: Keys = KEYS) -> Snapshot:
    catalog = Catalog([*records(keys), *more])  # type: ignore[list-item]
    return Snapshot(catalog.at(1000), catalog.sequence, NOW)


def client(**changes: Any) -> Client:
    fields: dict[str, Any] = {
        "network": "192.0.2.1/32",
        "hashes": ("n2:aa",),
        "agent": BROWSER,
        "verdict": "browser",
    }
    return Client(**(fields | changes))


def receipt(at_ms: int = NOW) -> Receipt:
    numbers = count()
    return Receipt(at_ms, "collector-1", lambda: f"{next(numbers):032x}")


def event_item(**changes: Any) -> EventItem:
    fields: dict[str, Any] = {
        "id": "0" * 31 + "1",
        "site": "ck_store",
        "type": "page",
        "url": "https://store.example/",
        "visitor": "browser-1",
    }
    return EventItem(**(fields | changes))


def server_item(**changes: Any) -> ServerItem:
    fields: dict[str, Any] = {"objective": "purchase", "order": "A-1", "visitor": "browser-1"}
    return ServerItem(**(fields | changes))


def _agreement(partner: str, status: Any) -> list[CatalogRecord]:
    agreement_id = f"{partner}-purchase"
    return [
        Agreement(
            id=agreement_id,
            advertiser_id="store",
            partner_id=partner,
            site_id="store",
            objective_id="purchase",
        ),
        Standing(id=agreement_id, status=status, effective_from_ms=0),
        Terms(
            id=agreement_id,
            effective_from_ms=0,
            price_minor=1000,
            currency="EUR",
            fee_rate_bps=1250,
            payer_share_bps=0,
        ),
        Budget(id=agreement_id, budget_minor=100_000),
    ]


def _exclusions(account: str, address: str, keys: Keys) -> list[CatalogRecord]:
    exact = network_hashes(address, keys.network)[0]
    return [
        Exclusion(
            id=f"{account}-own", account_id=account, network=exact, from_ms=0, until_ms=1 << 50
        )
    ]


def _key(key_id: str, account: str, secret: str, *scopes: str) -> ServerKey:
    return ServerKey(
        id=key_id, account_id=account, secret_sha256=secret_digest(secret), scopes=scopes
    )
