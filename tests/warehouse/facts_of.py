"""Events and facts with defaults, so that a test shows only what matters to it."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from ingest.events import CANDIDATES, EVENTS, Event
from partnerships.days import day_of, month_of
from streams.facts import Candidate, Conversion, Session, Source, Touch

ZONE = "Europe/Berlin"


def at(text: str) -> int:
    """Epoch milliseconds of an instant such as `2026-11-11 16:42:00`, UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOON = at("2026-11-11 12:00:00")


def hexed(*parts: object) -> str:
    """32 hex digits that look like an id, the same for the same parts."""
    return blake2b("|".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def event(number: int = 1, **fields: Any) -> Event:
    """A page view of the shop."""
    defaults: dict[str, Any] = {
        "id": hexed("event", number),
        "site": "shop",
        "type": "page",
        "visitor": hexed("visitor", number),
        "occurred_at": NOON,
        "received_at": NOON,
        "collector": "c1",
        "collected_id": hexed("collected", number),
        "host": "shop.example",
        "path": "/",
    }
    return Event(**{**defaults, **fields})


def session(number: int = 1, **fields: Any) -> Session:
    """A session of one page."""
    defaults: dict[str, Any] = {
        "session_id": hexed("session", number),
        "site_id": "shop",
        "advertiser_id": "bikes",
        "visitor": hexed("visitor", number),
        "day": "2026-11-11",
        "started_at": NOON,
        "ended_at": NOON,
        "pages": 1,
        "events": 0,
        "entry_path": "/",
        "referrer_host": "",
        "cookieless": False,
        "version": 1,
    }
    return Session(**{**defaults, **fields})


def touch(number: int = 1, **fields: Any) -> Touch:
    """A touch by the partner's link; day and month follow `at_ms`."""
    at_ms = fields.get("at_ms", NOON)
    day = day_of(at_ms, ZONE)
    defaults: dict[str, Any] = {
        "touch_id": hexed("touch", number),
        "event_id": hexed("event", number),
        "site_id": "shop",
        "advertiser_id": "bikes",
        "partner_id": "gravel",
        "visitor": hexed("visitor", number),
        "session_id": hexed("session", number),
        "day": day.isoformat(),
        "month": month_of(day),
        "at_ms": at_ms,
        "received_at": at_ms,
        "form": "token",
        "link": "gravel01",
        "nonce": hexed("nonce", number),
        "path": "/",
        "verdict": "browser",
        "source": Source(EVENTS, 0, number, 0),
    }
    return Touch(**{**defaults, **fields})


def candidate(number: int = 1, **fields: Any) -> Candidate:
    """A sale at 12.00 with the fee paid by the partner; day and month follow `at_ms`."""
    at_ms = fields.get("at_ms", NOON)
    day = day_of(at_ms, fields.get("zone", ZONE))
    defaults: dict[str, Any] = {
        "conversion_id": hexed("conversion", number),
        "once_key": hexed("once", number),
        "event_id": hexed("event", number),
        "agreement_id": "gravel-sale",
        "advertiser_id": "bikes",
        "partner_id": "gravel",
        "site_id": "shop",
        "objective_id": "shop-sale",
        "objective_type": "sale",
        "count": "order",
        "visitor": hexed("visitor", number),
        "day": day.isoformat(),
        "month": month_of(day),
        "zone": ZONE,
        "at_ms": at_ms,
        "received_at": at_ms,
        "pin": 7,
        "terms_version": 1,
        "price_minor": 1200,
        "currency": "EUR",
        "fee_rate_bps": 1250,
        "payer_share_bps": 0,
        "hold_days": 7,
        "budget_version": 1,
        "budget_minor": 150_000,
        "touch_id": hexed("touch", number),
        "touch_at": at_ms - 1000,
        "touch_form": "token",
        "touch_path": "/",
        "touch_source": Source(EVENTS, 0, number, 0),
        "event_path": "/thanks",
        "verdict": "browser",
        "source": Source(EVENTS, 0, number, 1),
    }
    return Candidate(**{**defaults, **fields})


def conversion(number: int = 1, **fields: Any) -> Conversion:
    """A decided candidate; fields that are the decision's go there, the others to the candidate.

    Its sequence is its number unless given.
    """
    own = {name: fields.pop(name) for name in Conversion.__struct_fields__ if name in fields}
    defaults: dict[str, Any] = {
        "candidate": candidate(number, **fields),
        "disposition": "billable",
        "sequence": number,
        "budget_version": 1,
        "budget_minor": 150_000,
        "before_minor": 0,
        "after_minor": 0,
        "candidate_source": Source(CANDIDATES, 0, number, 0),
    }
    return Conversion(**{**defaults, **own})
