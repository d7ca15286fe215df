"""Decided conversions with defaults, stamped by the streams' own rule, as stage B would."""

from collections import defaultdict
from datetime import date
from hashlib import blake2b
from typing import Any

from ingest.events import CANDIDATES, EVENTS
from partnerships.days import month_of, start_ms
from settlement.decisions import Decision
from streams.facts import Candidate, Conversion, Source
from streams.rules import decisions
from streams.rules.decisions import Books
from streams.rules.purse import Allowed, Purse

ZONE = "Europe/Berlin"
DAY = date(2026, 11, 11)
HOUR_MS = 3_600_000


def hexed(*parts: object) -> str:
    """32 hex digits, the same for the same parts."""
    return blake2b("|".join(map(str, parts)).encode(), digest_size=16).hexdigest()


class StageB:
    """Decides candidates in the order in which they are given, and remembers the purses."""

    def __init__(self, advertiser_id: str = "bikes") -> None:
        self.advertiser_id = advertiser_id
        self.conversions: list[Conversion] = []
        self._purses: dict[tuple[str, str], Purse] = {}
        self._allowed: defaultdict[str, Allowed] = defaultdict(Allowed)
        self._once: dict[str, str] = {}

    def decide(self, day: date = DAY, **fields: Any) -> Conversion:
        """One more candidate, of a sale at 12.00 unless told otherwise; a repeat is a duplicate."""
        candidate = self._candidate(day, **fields)
        purse = (candidate.agreement_id, candidate.month)
        books = Books(
            once_id=self._once.get(candidate.once_key, ""),
            purse=self._purses.get(purse, Purse()),
            allowed=self._allowed[candidate.agreement_id],
        )
        number = len(self.conversions)
        after, conversion = decisions.decide(books, candidate, Source(CANDIDATES, 1, number, 0))
        assert conversion is not None
        self._purses[purse] = after.purse
        self._allowed[candidate.agreement_id] = after.allowed
        if after.once_id:
            self._once[candidate.once_key] = after.once_id
        self.conversions.append(conversion)
        return conversion

    def many(self, number: int, day: date = DAY, **fields: Any) -> list[Conversion]:
        """Several alike."""
        return [self.decide(day, **fields) for _ in range(number)]

    def _candidate(self, day: date, **fields: Any) -> Candidate:
        number = len(self.conversions)
        zone = fields.get("zone", ZONE)
        at_ms = fields.pop("at_ms", start_ms(day, zone) + 12 * HOUR_MS + number * 1000)
        agreement = fields.get("agreement_id", "gravel-sale")
        defaults: dict[str, Any] = {
            "conversion_id": hexed("conversion", self.advertiser_id, number),
            "once_key": hexed("once", self.advertiser_id, number),
            "event_id": hexed("event", self.advertiser_id, number),
            "agreement_id": agreement,
            "advertiser_id": self.advertiser_id,
            "partner_id": agreement.rpartition("-")[0],
            "site_id": "shop",
            "objective_id": "shop-sale",
            "objective_type": "sale",
            "count": "order",
            "visitor": hexed("visitor", number),
            "order": f"order-{self.advertiser_id}-{number}",
            "day": day.isoformat(),
            "month": month_of(day),
            "zone": zone,
            "at_ms": at_ms,
            "received_at": at_ms,
            "pin": 7,
            "terms_version": 1,
            "price_minor": 1200,
            "currency": "EUR",
            "fee_rate_bps": 1250,
            "payer_share_bps": 0,
            "hold_days": 0,
            "budget_version": 1,
            "budget_minor": 150_000,
            "touch_id": hexed("touch", number),
            "touch_at": at_ms - HOUR_MS,
            "touch_form": "token",
            "touch_path": "/",
            "touch_source": Source(EVENTS, 3, number, 0),
            "event_path": "/thanks",
            "verdict": "browser",
            "source": Source(EVENTS, 3, number, 1),
        }
        return Candidate(**{**defaults, **fields})


def decision(conversion: Conversion, **changes: Any) -> Decision:
    """What a close reads of a conversion."""
    candidate = conversion.candidate
    values: dict[str, Any] = {
        **{name: getattr(candidate, name, None) for name in Decision._fields},
        **{name: getattr(conversion, name) for name in _STAMPS},
        "day": date.fromisoformat(candidate.day),
        "candidate_budget_version": candidate.budget_version,
        "candidate_budget_minor": candidate.budget_minor,
    }
    return Decision(**{**values, **changes})


_STAMPS = (
    "sequence",
    "disposition",
    "budget_version",
    "budget_minor",
    "before_minor",
    "after_minor",
)
