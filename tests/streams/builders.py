"""Events and catalogs with defaults, so that a test shows only what matters to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from ingest.events import Event, Token
from partnerships.catalog import (
    Account,
    Agreement,
    Budget,
    Campaign,
    Catalog,
    Exclusion,
    Link,
    Objective,
    Record,
    ReferrerHost,
    Site,
    Standing,
    Terms,
    View,
)
from streams.facts import Candidate, Session, Source, Touch
from streams.rules import visitors
from streams.rules.identities import Identities
from streams.rules.reading import Reading
from streams.rules.visitors import Visitor

ADVERTISER, PARTNER, OTHER = "shop-co", "letters", "forum"
SITE, HOST = "shop", "shop.example"
LINK, OTHER_LINK = "letters1", "forum001"
ZONE = "Europe/Berlin"
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
IDS = Identities(b"conversion secret of the tests..")

R = TypeVar("R", bound=Record)


def at(text: str, zone: str = ZONE) -> int:
    """Epoch ms of a local time such as `2026-05-04 12:00:00`."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


NOON = at("2026-05-04 12:00")


def hexadecimal(name: str) -> str:
    """The 32 hex digits that stand for a name."""
    return blake2b(name.encode(), digest_size=16).hexdigest()


def objective(name: str = "sale", **changes: Any) -> Objective:
    """An objective that is reached by the page /thanks and counted by session."""
    made = Objective(id=name, site_id=SITE, name=name, type="sale", count="session", page="/thanks")
    return msgspec.structs.replace(made, **changes)


def click_objective(name: str = "click", **changes: Any) -> Objective:
    """An objective that a touch itself reaches, counted by visitor and day."""
    return objective(name, **{"type": "click", "count": "day", "page": None, **changes})


def agreement(
    name: str,
    objective_id: str = "sale",
    partner: str = PARTNER,
    *,
    since: int = 0,
    window_days: int = 30,
    price: int = 1000,
    budget: int = 1_000_000,
) -> list[Record]:
    """An agreement, active since then, with its terms and its budget."""
    return [
        Agreement(
            id=name,
            advertiser_id=ADVERTISER,
            partner_id=partner,
            site_id=SITE,
            objective_id=objective_id,
        ),
        Standing(id=name, status="active", effective_from_ms=since),
        Terms(
            id=name,
            effective_from_ms=since,
            price_minor=price,
            currency="EUR",
            fee_rate_bps=1250,
            payer_share_bps=0,
            window_days=window_days,
        ),
        Budget(id=name, budget_minor=budget),
    ]


def ended(name: str, at_ms: int, version: int = 2) -> Standing:
    """The agreement no longer counts from then on."""
    return Standing(id=name, version=version, status="ended", effective_from_ms=at_ms)


def excluded(account: str, network: str, since: int = 0, until: int = 1 << 60) -> Exclusion:
    """A network that is the account's own."""
    return Exclusion(
        id=f"{account}-{network}",
        account_id=account,
        network=network,
        from_ms=since,
        until_ms=until,
    )


PLACES: list[Record] = [
    Account(id=ADVERTISER, name="Shop", zone=ZONE, currency="EUR"),
    Account(id=PARTNER, name="Letters", zone="UTC", currency="EUR"),
    Account(id=OTHER, name="Forum", zone="UTC", currency="EUR"),
    Site(
        id=SITE,
        advertiser_id=ADVERTISER,
        key="ck_shop",
        hosts=(HOST, "www." + HOST),
        landing_url=f"https://{HOST}/",
        verified_from_ms=0,
    ),
    Link(id=LINK, partner_id=PARTNER, site_id=SITE, landing_url=f"https://{HOST}/"),
    Link(id=OTHER_LINK, partner_id=OTHER, site_id=SITE, landing_url=f"https://{HOST}/"),
    Campaign(
        id="spring", partner_id=PARTNER, site_id=SITE, parameter="utm_source", value="letters"
    ),
    ReferrerHost(id="forum", partner_id=OTHER, site_id=SITE, host="forum.example"),
]


def catalog(*records: Record | Iterable[Record]) -> Catalog:
    """A catalog of the places and these records, numbered in their order."""
    flat = [*PLACES]
    for one in records:
        flat += [one] if isinstance(one, Record) else list(one)
    return Catalog(numbered(flat))  # type: ignore[arg-type]


def numbered(records: Iterable[R]) -> list[R]:
    """The records with the sequences of an outbox."""
    return [
        msgspec.structs.replace(record, sequence=number) for number, record in enumerate(records, 1)
    ]


def view(*records: Record | Iterable[Record]) -> View:
    """The newest view of such a catalog: one sale agreement if nothing else is said."""
    made = catalog(*(records or (objective(), agreement("letters-sale"))))
    return made.at(made.sequence)


_count = iter(range(1 << 30))


def event(kind: str = "page", at_ms: int = NOON, **changes: Any) -> Event:
    """An event of one browser, received when it happened."""
    made = Event(
        id=hexadecimal(f"event {next(_count)}"),
        site=SITE,
        type=kind,  # type: ignore[arg-type]
        visitor=hexadecimal("ann"),
        occurred_at=at_ms,
        received_at=at_ms,
        collector="c1",
        collected_id=hexadecimal("receipt"),
        host=HOST,
        path="/",
    )
    return msgspec.structs.replace(made, **changes)


def token(at_ms: int = NOON, nonce: str = "nonce1", link: str = LINK, **changes: Any) -> Token:
    """An authentic click token of the first partner's link."""
    return Token(link=link, clicked_at=at_ms, nonce=nonce, **changes)


def landing(at_ms: int = NOON, **changes: Any) -> Event:
    """A page that carries a fresh token of its own."""
    made = token(at_ms, nonce=f"nonce {next(_count)}")
    return event(at_ms=at_ms, **{"token": made, **changes})


def thanks(at_ms: int = NOON + HOUR, **changes: Any) -> Event:
    """The page that the usual objective means."""
    return event(at_ms=at_ms, **{"path": "/thanks", **changes})


@dataclass
class Story:
    """The events of one visitor, decided in the order told; `facts` are all that followed."""

    seen: View = field(default_factory=view)
    visitor: Visitor = field(default_factory=Visitor)
    facts: list[Session | Touch | Candidate] = field(default_factory=list)
    now_ms: int = 0

    def tell(self, *events: Event) -> "Story":
        """Decide these events next."""
        for one in events:
            self.now_ms = max(self.now_ms, one.received_at)
            reading = Reading(self.now_ms, 99, Source("events", 0, len(self.facts), 0))
            self.visitor, facts = visitors.decide(self.visitor, one, self.seen, reading, IDS)
            self.facts += facts
        return self

    def tick(self, now_ms: int) -> "Story":
        """Let a tick of this time pass."""
        self.now_ms = max(self.now_ms, now_ms)
        recent, rows = visitors.settle(self.visitor.recent, self.now_ms)
        self.visitor = self.visitor._replace(recent=recent)
        self.facts += rows
        return self

    @property
    def rows(self) -> list[Session]:
        """Every published row of a session."""
        return [fact for fact in self.facts if isinstance(fact, Session)]

    @property
    def sessions(self) -> list[tuple[int, int]]:
        """When each session kept starts and ends."""
        return [(one.started_at, one.ended_at) for one in self.visitor.recent.sessions]

    @property
    def touches(self) -> list[Touch]:
        """Every touch, refused ones too."""
        return [fact for fact in self.facts if isinstance(fact, Touch)]

    @property
    def candidates(self) -> list[Candidate]:
        """Every candidate."""
        return [fact for fact in self.facts if isinstance(fact, Candidate)]

    @property
    def refusals(self) -> list[str]:
        """The refusal of each candidate; "" for one that stage B may bill."""
        return [candidate.refusal for candidate in self.candidates]


def told(*events: Event, by: View | None = None) -> Story:
    """The story of these events."""
    return Story(by if by is not None else view()).tell(*events)
