"""A small month that every question is asked about; its answers can be counted by hand.

Advertiser `bikes` (Europe/Berlin) and its partners `gravel` (sale, 12.00), `slow` (lead, 3.75, half
of the fee each) and `forum` (click, 0.15); advertiser `physio`, whose partner is `gravel` too.
"""

from typing import Any

from ingest.events import Event
from streams.facts import Conversion, Mark, Touch
from tests.warehouse.facts_of import at, conversion, event, touch

GRAVEL: dict[str, Any] = {"agreement_id": "gravel-sale", "partner_id": "gravel"}
SLOW: dict[str, Any] = {
    "agreement_id": "slow-lead",
    "partner_id": "slow",
    "objective_id": "shop-lead",
    "objective_type": "lead",
    "count": "visitor",
    "price_minor": 375,
    "payer_share_bps": 5000,
}
FORUM: dict[str, Any] = {
    "agreement_id": "forum-click",
    "partner_id": "forum",
    "objective_id": "shop-click",
    "objective_type": "click",
    "count": "day",
    "price_minor": 15,
}
PHYSIO: dict[str, Any] = {
    "agreement_id": "physio-sale",
    "advertiser_id": "physio",
    "site_id": "clinic",
}

CONVERSIONS: tuple[Conversion, ...] = (
    conversion(1, **GRAVEL, at_ms=at("2026-11-03 10:00:00")),
    conversion(2, **GRAVEL, at_ms=at("2026-11-03 10:05:00")),
    conversion(3, **GRAVEL, at_ms=at("2026-11-11 09:30:00"), s1="mail", order="A-3"),
    conversion(4, **GRAVEL, at_ms=at("2026-11-11 09:45:00")),
    conversion(5, **GRAVEL, at_ms=at("2026-11-11 16:10:00"), disposition="duplicate"),
    conversion(6, **GRAVEL, at_ms=at("2026-11-11 16:20:00"), disposition="self_click"),
    # From here on, the terms' rate is another: a second fee group.
    conversion(7, **GRAVEL, at_ms=at("2026-11-11 17:00:00"), fee_rate_bps=1000, terms_version=2),
    conversion(11, **SLOW, sequence=1, at_ms=at("2026-11-11 11:00:00")),
    conversion(12, **SLOW, sequence=2, at_ms=at("2026-11-11 11:30:00")),
    # Half past eleven at night in London is the next day in Berlin.
    conversion(13, **SLOW, sequence=3, at_ms=at("2026-11-11 23:30:00")),
    conversion(14, **SLOW, sequence=4, at_ms=at("2026-11-12 08:00:00"), disposition="over_budget"),
    conversion(21, **FORUM, sequence=1, at_ms=at("2026-11-11 08:00:00")),
    conversion(22, **FORUM, sequence=2, at_ms=at("2026-11-11 08:10:00")),
    conversion(23, **FORUM, sequence=3, at_ms=at("2026-11-11 08:20:00"), disposition="bot"),
    conversion(24, **FORUM, sequence=4, at_ms=at("2026-11-11 08:30:00"), disposition="bot"),
    conversion(31, **PHYSIO, sequence=1, at_ms=at("2026-11-11 12:00:00")),
)

TOUCHES: tuple[Touch, ...] = (
    touch(1, partner_id="gravel", at_ms=at("2026-11-03 09:00:00")),
    touch(2, partner_id="gravel", at_ms=at("2026-11-11 09:00:00")),
    touch(3, partner_id="gravel", at_ms=at("2026-11-11 16:00:00"), refusal="self_click"),
    touch(4, partner_id="slow", at_ms=at("2026-11-11 10:00:00")),
    touch(5, partner_id="forum", at_ms=at("2026-11-11 08:00:00")),
    touch(6, partner_id="forum", at_ms=at("2026-11-11 08:20:00"), verdict="bot", refusal="bot"),
    touch(
        7,
        partner_id="forum",
        at_ms=at("2026-11-11 08:40:00"),
        verdict="preview",
        refusal="preview",
    ),
    touch(8, at_ms=at("2026-11-11 11:00:00"), advertiser_id="physio", site_id="clinic"),
)

EVENTS: tuple[Event, ...] = (
    event(1, received_at=at("2026-11-11 09:30:00"), path="/thanks"),
    event(2, received_at=at("2026-11-11 09:31:00"), type="event", name="purchase", order="A-3"),
    # The client sent the first once more.
    event(1, received_at=at("2026-11-11 09:32:00"), path="/thanks"),
    event(3, received_at=at("2026-11-11 09:33:00"), site="clinic"),
)

MARKS: tuple[Mark, ...] = (
    Mark(source=0, watermark_ms=at("2026-11-12 10:00:00")),
    Mark(source=1, watermark_ms=at("2026-11-12 09:00:00")),
)
