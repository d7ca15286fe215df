"""What each visitor did: sessions, touches and candidates, one visitor after the other."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.oracle.agreed import Agreed, Agreement, Objective, pattern

MINUTE = 60_000
HOUR = 60 * MINUTE
NO_NONCE = "-"
PRECEDENCE = (
    *("test", "too_old", "wrong_host", "bot", "preview", "consent_denied", "advertiser_own"),
    *("self_click", "no_order", "not_active", "outside_window"),
)


@dataclass(frozen=True)
class Click:
    """What a click token says."""

    code: str
    at: int
    nonce: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrival:
    """One event as it reached the collector, everything resolved."""

    id: str
    site: str
    type: str
    visitor: tuple[str, ...]
    at: int
    verdict: str = "browser"
    address: str = ""
    name: str = ""
    host: str = ""
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    referrer_host: str = ""
    click: Click | None = None
    code: str = ""
    objective: str = ""
    order: str = ""
    denied: bool = False
    test: bool = False
    too_old: bool = False
    partner_cookie: tuple[str, ...] = ()


@dataclass
class Session:
    start: int
    end: int
    first: str


@dataclass(frozen=True)
class Touch:
    event: str
    partner: str
    at: int
    day: str
    session: str
    nonce: str
    reasons: frozenset[str]
    order: int


@dataclass(frozen=True)
class Candidate:
    """An objective's match that was credited; `key` is its identity, `click_key` its nonce's."""

    event: str
    agreement: Agreement
    objective: Objective
    at: int
    day: str
    refusal: str
    key: tuple[str, ...]
    click_key: tuple[str, ...]


@dataclass
class Visitor:
    seen: set[str] = field(default_factory=set)
    sessions: list[Session] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    arrived: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class Found:
    """Everything found, and the candidates by (event, objective)."""

    sessions: dict[str, Session] = field(default_factory=dict)
    touches: list[tuple[str, Touch]] = field(default_factory=list)
    candidates: dict[tuple[str, str], Candidate] = field(default_factory=dict)


def local_day(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def recount(agreed: Agreed, arrivals: Iterable[Arrival]) -> Found:
    found = Found()
    visitors: dict[tuple[str, ...], Visitor] = defaultdict(Visitor)
    for arrival in arrivals:
        visitor = visitors[arrival.visitor]
        if arrival.id in visitor.seen:
            continue
        visitor.seen.add(arrival.id)
        Turn(agreed, visitor, arrival, found).take()
    return found


class Turn:
    """One event's effect on its visitor."""

    def __init__(self, agreed: Agreed, visitor: Visitor, arrival: Arrival, found: Found) -> None:
        self.agreed, self.visitor, self.arrival, self.found = agreed, visitor, arrival, found
        self.advertiser = agreed.advertiser[arrival.site]
        self.day = local_day(arrival.at, agreed.zone[arrival.site])

    def take(self) -> None:
        session = self.session()
        touch = self.touch(session)
        if touch is not None:
            self.found.touches.append((self.arrival.site, touch))
            self.visitor.touches.append(touch)
            if not touch.reasons and touch.nonce != NO_NONCE:
                self.visitor.nonces.add(touch.nonce)
            elif not touch.reasons:
                self.visitor.arrived.add((touch.partner, touch.session))
            for objective in self.objectives():
                if objective.type == "click":
                    self.click_candidate(objective, touch)
        if self.arrival.verdict == "prefetch" or self.arrival.type == "click":
            return
        for objective in self.objectives():
            if self.matches(objective):
                self.candidate(objective, session)

    def objectives(self) -> list[Objective]:
        return [o for o in self.agreed.objectives if o.site == self.arrival.site]

    # Sessions: rules.md §3.

    def session(self) -> str:
        arrival, sessions = self.arrival, self.visitor.sessions
        if arrival.type not in ("page", "event") or arrival.verdict != "browser":
            return ""
        if arrival.too_old:
            return ""
        near = [
            s
            for s in sessions
            if s.start - arrival.at < 30 * MINUTE and arrival.at - s.end < 30 * MINUTE
        ]
        if sessions and arrival.at > max(s.end for s in sessions):
            last = max(sessions, key=lambda s: s.end)
            near = [last] if arrival.at - last.end < 30 * MINUTE else []
        if near:
            session = min(near, key=lambda s: s.start)
            session.start, session.end = (
                min(session.start, arrival.at),
                max(session.end, arrival.at),
            )
        else:
            session = Session(arrival.at, arrival.at, arrival.id)
            sessions.append(session)
            self.found.sessions[arrival.id] = session
        return session.first

    # Touches: rules.md §4.

    def touch(self, session: str) -> Touch | None:
        arrival = self.arrival
        if arrival.type == "click" and arrival.verdict in ("bot", "preview"):
            assert arrival.click is not None
            partner = self.agreed.partner_of_code[arrival.site, arrival.click.code]
            return self.arrive(partner, "", arrival.click.nonce)
        if arrival.type != "page" or arrival.verdict == "prefetch" or arrival.too_old:
            return None
        if arrival.host not in self.agreed.hosts[arrival.site]:
            return None
        if arrival.at < self.agreed.verified[arrival.site]:
            return None
        return self.by_token(session) if arrival.click else self.by_other_form(session)

    def by_token(self, session: str) -> Touch | None:
        click = self.arrival.click
        assert click is not None
        partner = self.agreed.partner_of_code.get((self.arrival.site, click.code))
        expired = self.arrival.at - click.at > 24 * HOUR
        used = click.nonce in self.visitor.nonces
        if partner is None or expired or used or {"bot", "preview"} & set(click.flags):
            return None
        return self.arrive(partner, session, click.nonce)

    def by_other_form(self, session: str) -> Touch | None:
        arrival, site = self.arrival, self.arrival.site
        declared = {p for s, p, _ in self.agreed.partner_of_campaign if s == site}
        campaigns = [
            self.agreed.partner_of_campaign.get((site, name, value))
            for name, value in arrival.query
            if name in declared
        ]
        partner: str | None
        if arrival.code:
            partner = self.agreed.partner_of_code.get((site, arrival.code))
        elif any(campaigns):
            partner = next(filter(None, campaigns))
        else:
            partner = self.by_referrer()
        if partner is None or (session and (partner, session) in self.visitor.arrived):
            return None
        return self.arrive(partner, session, "")

    def by_referrer(self) -> str | None:
        host = self.arrival.referrer_host
        if host in self.agreed.hosts[self.arrival.site]:
            return None
        while host:
            if partner := self.agreed.partner_of_host.get((self.arrival.site, host)):
                return partner
            _, _, host = host.partition(".")
        return None

    def arrive(self, partner: str, session: str, nonce: str) -> Touch:
        reasons = self.reasons_now(partner)
        flags = set(self.arrival.click.flags) if self.arrival.click and nonce else set()
        reasons |= flags & {"test", "bot", "preview"}
        reasons |= {"advertiser_own"} if "own" in flags else set()
        reasons |= {"self_click"} if flags & {"partner_cookie", "partner_network"} else set()
        order = len(self.visitor.touches)
        key = nonce or NO_NONCE
        arrival = self.arrival
        return Touch(
            arrival.id, partner, arrival.at, self.day, session, key, frozenset(reasons), order
        )

    def reasons_now(self, partner: str) -> set[str]:
        """Why this event earns nothing for this partner, whatever the agreement."""
        arrival, reasons = self.arrival, set[str]()
        if arrival.test:
            reasons.add("test")
        if arrival.denied:
            reasons.add("consent_denied")
        if arrival.type == "conversion":
            return reasons
        if arrival.verdict in ("bot", "preview"):
            reasons.add(arrival.verdict)
        if self.agreed.own(self.advertiser, arrival.address, arrival.at):
            reasons.add("advertiser_own")
        own = self.agreed.own(partner, arrival.address, arrival.at)
        if own or partner in arrival.partner_cookie:
            reasons.add("self_click")
        return reasons

    # Who gets a conversion: rules.md §5.

    def matches(self, objective: Objective) -> bool:
        arrival = self.arrival
        if arrival.type == "conversion":
            return objective.server and objective.id == arrival.objective
        if arrival.type == "event":
            return bool(objective.event) and objective.event == arrival.name
        if not objective.page:
            return False
        path, parameters = pattern(objective.page)
        names = {name for name, _ in arrival.query}
        return bool(path.fullmatch(arrival.path)) and names.issuperset(parameters)

    def order(self, objective: Objective) -> str:
        if self.arrival.order or not objective.page or self.arrival.type != "page":
            return self.arrival.order
        path, parameters = pattern(objective.page)
        named = path.fullmatch(self.arrival.path)
        if named and named.groupdict().get("order"):
            return named["order"]
        return dict(self.arrival.query).get("order", "") if "order" in parameters else ""

    def touches(self) -> list[Touch]:
        """The visitor's touches, or the token's where a server item has nothing else."""
        arrival = self.arrival
        if arrival.type == "conversion" and arrival.click and not self.visitor.touches:
            partner = self.agreed.partner_of_code.get((arrival.site, arrival.click.code))
            return [self.of_token(arrival.click, partner)] if partner else []
        return [touch for touch in self.visitor.touches if touch.at <= arrival.at]

    def of_token(self, click: Click, partner: str) -> Touch:
        named = {"partner_cookie": "self_click", "partner_network": "self_click"}
        named |= {"own": "advertiser_own", "test": "test", "bot": "bot", "preview": "preview"}
        reasons = frozenset(named[flag] for flag in click.flags if flag in named)
        day = local_day(click.at, self.agreed.zone[self.arrival.site])
        return Touch(self.arrival.id, partner, click.at, day, "", click.nonce, reasons, 0)

    def candidate(self, objective: Objective, session: str) -> None:
        known = [
            (touch, agreement)
            for touch in self.touches()
            for agreement in self.agreed.agreements_on(touch.partner, objective.id)
            if agreement.start <= self.arrival.at
        ]
        known.sort(key=lambda pair: (pair[0].at, pair[0].order))
        eligible = [(t, a) for t, a in known if not t.reasons and not self.misfit(t, a)]
        if eligible:
            touch, agreement = eligible[0] if objective.first else eligible[-1]
        elif known:
            touch = known[-1][0]
            agreement = max((a for t, a in known if t is touch), key=lambda a: a.start)
        else:
            return
        reasons = self.reasons_now(touch.partner) | self.misfit(touch, agreement)
        reasons |= set() if eligible else touch.reasons
        reasons |= self.host_and_age()
        if objective.count == "order" and not self.order(objective):
            reasons.add("no_order")
        key = self.identity(objective, session)
        self.add(objective, agreement, reasons, key, ())

    def host_and_age(self) -> set[str]:
        arrival = self.arrival
        reasons = {"too_old"} if arrival.too_old else set()
        on_site = arrival.host in self.agreed.hosts[arrival.site]
        if arrival.type != "conversion" and not on_site:
            reasons.add("wrong_host")
        return reasons

    def misfit(self, touch: Touch, agreement: Agreement) -> set[str]:
        start, end = agreement.start, agreement.end
        if not (start <= touch.at < end and start <= self.arrival.at < end):
            return {"not_active"}
        return {"outside_window"} if self.arrival.at - touch.at > agreement.window else set()

    def identity(self, objective: Objective, session: str) -> tuple[str, ...]:
        if objective.count == "order":
            return (objective.id, self.order(objective))
        if objective.count == "session":
            return (objective.id, *self.arrival.visitor, session or self.arrival.id)
        day = (self.day,) if objective.count == "day" else ()
        return (objective.id, *self.arrival.visitor, *day)

    def click_candidate(self, objective: Objective, touch: Touch) -> None:
        agreements = [
            agreement
            for agreement in self.agreed.agreements_on(touch.partner, objective.id)
            if agreement.start <= touch.at
        ]
        if not agreements:
            return
        agreement = max(agreements, key=lambda a: a.start)
        reasons = set(touch.reasons) | self.misfit(touch, agreement)
        reasons |= {"too_old"} if self.arrival.too_old else set()
        key = (*self.identity(objective, touch.session), agreement.id)
        click_key = () if touch.nonce == NO_NONCE else (objective.id, agreement.id, touch.nonce)
        self.add(objective, agreement, reasons, key, click_key)

    def add(
        self,
        objective: Objective,
        agreement: Agreement,
        reasons: set[str],
        key: tuple[str, ...],
        click_key: tuple[str, ...],
    ) -> None:
        refusal = next((reason for reason in PRECEDENCE if reason in reasons), "")
        arrival = self.arrival
        self.found.candidates[arrival.id, objective.id] = Candidate(
            arrival.id, agreement, objective, arrival.at, self.day, refusal, key, click_key
        )
