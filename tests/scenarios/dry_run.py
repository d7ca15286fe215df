"""The pipeline's pure rules from collector calls to conversions, in one process without its parts.

It is what Kafka, Faust and ClickHouse must not change; mutations of a rule are tried on it.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import count

import msgspec

from ingest.admission import ANYONE, Admission, Caller, Receipt
from ingest.clients import Client, Clients
from ingest.events import Event, Token
from ingest.identity import server_event_id
from ingest.items import EventItem, Refused, ServerItem
from ingest.server_items import admit
from ingest.snapshot import Snapshot
from ingest.tokens import seal
from ingest.verdicts import verdict
from partnerships.catalog import Catalog
from partnerships.keys import Keys
from streams.facts import Candidate, Conversion, Session, Source, Touch
from streams.rules import decisions, visitors
from streams.rules.decisions import Books
from streams.rules.identities import Identities
from streams.rules.purse import Allowed, Purse
from streams.rules.reading import Reading
from streams.rules.sessions import SETTLED_MS
from streams.rules.visitors import Visitor
from tests.oracle.arrivals import LIVE_ADDRESS
from tests.scenarios.calls import Call, sealed
from tests.scenarios.observed import Observed


def sealing(keys: Keys) -> Callable[[str, int, str, tuple[str, ...]], str]:
    """Seals the placeholders of tokens with an installation's key."""

    def made(link: str, clicked_at: int, nonce: str, flags: tuple[str, ...]) -> str:
        token = msgspec.convert(
            {"link": link, "clicked_at": clicked_at, "nonce": nonce, "flags": flags}, Token
        )
        return seal(token, keys.token)

    return made


class DryRun:
    """One installation: its catalog, its keys, and the one advertiser of the calls."""

    def __init__(self, catalog: Catalog, keys: Keys, owner: str) -> None:
        self._catalog = catalog
        self._keys = keys
        self._owner = owner
        self._clients = Clients(keys)
        self._admission = Admission(keys, self._clients)
        self._numbers = count(1)
        self._visitors: dict[str, Visitor] = {}

    def run(self, calls: Iterable[Call], now_ms: int) -> Observed:
        """All facts of the calls, received one after the other from `now_ms` on."""
        observed = Observed([], [], [], [])
        for event in self.events(calls, now_ms):
            for fact in self._decide(event):
                if isinstance(fact, Session):
                    observed.sessions.append(fact)
                elif isinstance(fact, Touch):
                    observed.touches.append(fact)
                else:
                    observed.candidates.append(fact)
        for visitor in self._visitors.values():
            observed.sessions.extend(visitors.settle(visitor.recent, now_ms + SETTLED_MS)[1])
        observed.conversions.extend(self._conversions(observed.candidates))
        return observed

    def events(self, calls: Iterable[Call], now_ms: int) -> Iterator[Event]:
        """The events as the collector admits them; a refused one is a fault of the traffic."""
        known = Snapshot(self._catalog.at(self._catalog.sequence), self._catalog.sequence, now_ms)
        for call in calls:
            receipt = Receipt(now_ms, "dry-run", lambda: f"{next(self._numbers):032x}")
            text = sealed(msgspec.json.encode(call.body).decode(), sealing(self._keys))
            for index, raw in enumerate(msgspec.json.decode(text, type=list[msgspec.Raw])):
                event = self._admit(call, raw, index, known, receipt)
                assert not isinstance(event, Refused), (event, bytes(raw))
                yield event

    def _admit(
        self, call: Call, raw: msgspec.Raw, index: int, known: Snapshot, receipt: Receipt
    ) -> Event | Refused:
        if call.endpoint == "/v1/conversions":
            item = msgspec.json.decode(raw, type=ServerItem)
            event_id = server_event_id(self._owner, call.headers["idempotency-key"], index)
            return admit(item, event_id, Caller(self._owner), known, receipt, self._keys)
        event = msgspec.json.decode(raw, type=EventItem)
        caller = Caller(self._owner, imports=True) if call.key == "import" else ANYONE
        return self._admission.event(event, self._client(call), caller, known, receipt)

    def _client(self, call: Call) -> Client:
        agent = call.headers.get("user-agent", "")
        prefetch = "prefetch" in call.headers.get("sec-purpose", "")
        return self._clients.client(LIVE_ADDRESS, agent, verdict(agent, prefetch=prefetch))

    def _decide(self, event: Event) -> tuple[Session | Touch | Candidate, ...]:
        pin = self._catalog.sequence
        source = Source("events", 0, 0, next(self._numbers))
        reading = Reading(event.received_at, pin, source)
        before = self._visitors.get(event.visitor, Visitor())
        ids = Identities(self._keys.conversion)
        after, facts = visitors.decide(before, event, self._catalog.at(pin), reading, ids)
        self._visitors[event.visitor] = after
        return facts

    def _conversions(self, candidates: Iterable[Candidate]) -> Iterator[Conversion]:
        known: set[str] = set()
        taken: dict[str, str] = {}
        purses: dict[tuple[str, str], tuple[Purse, Allowed]] = {}
        for candidate in candidates:
            key = candidate.agreement_id, candidate.month
            purse, allowed = purses.get(key, (Purse(), Allowed()))
            books = Books(
                known=candidate.conversion_id in known,
                once_id=taken.get(candidate.once_key, ""),
                click_id=taken.get(candidate.click_key, "") if candidate.click_key else "",
                purse=purse,
                allowed=allowed,
            )
            source = Source("candidates", 0, 0, next(self._numbers))
            after, conversion = decisions.decide(books, candidate, source)
            known.add(candidate.conversion_id)
            purses[key] = after.purse, after.allowed
            if after.once_id:
                taken[candidate.once_key] = after.once_id
            if after.click_id and candidate.click_key:
                taken[candidate.click_key] = after.click_id
            if conversion is not None:
                yield conversion
