"""The records of the catalog: everything the streams must know about partnerships, in versions.

PostgreSQL's outbox numbers each record with a `sequence`; the compacted topic keeps every version
(its key holds object, id and version).
"""

from typing import Literal

import msgspec

ObjectiveType = Literal["click", "lead", "appointment", "sale"]
Count = Literal["order", "visitor", "session", "day"]
Credit = Literal["last", "first"]
Status = Literal["waiting", "active", "paused", "ended"]


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="object"):
    """What every catalog record carries: its object's id, its version of it, and the sequence."""

    id: str
    version: int = 1
    sequence: int = 0


class Account(Record, frozen=True, kw_only=True, tag="account"):
    """An advertiser, a partner, or both. `zone`: IANA name; a day is a day of the advertiser's."""

    name: str
    zone: str
    currency: str


class Site(Record, frozen=True, kw_only=True, tag="site"):
    """An advertiser's website. `hosts`: lower-case names without port; only these are the site's.

    `key` is the public site key in the tag. `landing_url` is where links lead. `verified_from_ms`:
    since when results count there; None: not verified.
    """

    advertiser_id: str
    key: str
    hosts: tuple[str, ...]
    landing_url: str
    verified_from_ms: int | None = None


class Objective(Record, frozen=True, kw_only=True, tag="objective"):
    """What counts on a site: a page or an event, server items, or both; a click has none of them.

    `page`: a WHATWG URLPattern on path and named query parameters, such as `/thanks?order=*`.
    `event`: an event's name. `server`: matched by server items too. A click objective is matched
    by the touch itself. `effective_from_ms`: half-open start of this version.
    """

    site_id: str
    name: str
    type: ObjectiveType
    count: Count
    credit: Credit = "last"
    page: str | None = None
    event: str | None = None
    server: bool = False
    effective_from_ms: int = 0


class Agreement(Record, frozen=True, kw_only=True, tag="agreement"):
    """Who agreed with whom, about which objective of which site; never changes."""

    advertiser_id: str
    partner_id: str
    site_id: str
    objective_id: str


class Standing(Record, frozen=True, kw_only=True, tag="standing"):
    """The agreement's state from an instant on; `id` is the agreement's."""

    status: Status
    effective_from_ms: int


class Terms(Record, frozen=True, kw_only=True, tag="terms"):
    """A version of what both sides accepted; `id` is the agreement's.

    `window_days`: a conversion counts up to this many times 24 h after its touch. `hold_days` and
    `transfer_minimum_minor` are the installation's settings, frozen at acceptance like the rate.
    """

    effective_from_ms: int
    price_minor: int
    currency: str
    fee_rate_bps: int
    payer_share_bps: int
    window_days: int = 30
    hold_days: int = 7
    transfer_minimum_minor: int = 2500


class Budget(Record, frozen=True, kw_only=True, tag="budget"):
    """The most the advertiser pays in a month, fees included; `id` is the agreement's."""

    budget_minor: int


class Link(Record, frozen=True, kw_only=True, tag="link"):
    """A partner's link to a site; `id` is its code, as in `/l/CODE` and `cf=CODE`."""

    partner_id: str
    site_id: str
    landing_url: str


class Campaign(Record, frozen=True, kw_only=True, tag="campaign"):
    """A query parameter and value that mean this partner on this site."""

    partner_id: str
    site_id: str
    parameter: str
    value: str
    effective_from_ms: int = 0


class ReferrerHost(Record, frozen=True, kw_only=True, tag="referrer"):
    """An external referrer host (with its subdomains) that means this partner on this site."""

    partner_id: str
    site_id: str
    host: str
    effective_from_ms: int = 0


class Exclusion(Record, frozen=True, kw_only=True, tag="exclusion"):
    """A network whose visits are the account's own, in [from_ms, until_ms).

    `network` is one keyed hash, written as events carry it (`KEYID:HEX`).
    """

    account_id: str
    network: str
    from_ms: int
    until_ms: int


class ServerKey(Record, frozen=True, kw_only=True, tag="key"):
    """A bearer key of an account: SHA-256 of the secret, and what it may do.

    `scopes`: of `import`, `convert`, `reverse`.
    """

    account_id: str
    secret_sha256: str
    scopes: tuple[str, ...]
    revoked: bool = False


class Collector(msgspec.Struct, frozen=True, kw_only=True, tag_field="object", tag="collector"):
    """A collector's registration: outside the numbering and the pin (rules.md §9)."""

    id: str
    registered_at_ms: int
    retired_at_ms: int | None = None


CatalogRecord = (
    Account
    | Site
    | Objective
    | Agreement
    | Standing
    | Terms
    | Budget
    | Link
    | Campaign
    | ReferrerHost
    | Exclusion
    | ServerKey
)
_decoder: msgspec.json.Decoder[CatalogRecord | Collector] = msgspec.json.Decoder(
    CatalogRecord | Collector
)
_encoder = msgspec.json.Encoder()


def key_of(record: CatalogRecord | Collector) -> bytes:
    """The topic key: compaction keeps every version of an object, and one record a collector."""
    tag = type(record).__struct_config__.tag
    if isinstance(record, Collector):
        return f"{tag}|{record.id}".encode()
    return f"{tag}|{record.id}|{record.version}".encode()


def encode(record: CatalogRecord | Collector) -> bytes:
    """The record as it stands in the topic."""
    return _encoder.encode(record)


def decode(value: bytes) -> CatalogRecord | Collector:
    """A record of the topic; raises msgspec.DecodeError."""
    return _decoder.decode(value)
