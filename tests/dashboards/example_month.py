"""Fills an installation with the example month, decided and settled by the real rules.

October until the 12th is what November is compared with; days up to Wed 11 Nov are closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final

from ingest.events import EVENTS
from partnerships.applying import apply
from partnerships.days import day_of, month_of, start_ms
from partnerships.networks import NetworkKey
from partnerships.store.schema import migrate as migrate_partnerships
from partnerships.store.store import Store as Partnerships
from partnerships.terms import PAYER_SHARE_BPS
from settlement.clock import from_ms
from settlement.ledger.schema import migrate as migrate_settlement
from settlement.schedule import Asked
from streams.facts import Source, Touch
from tests.dashboards.example import BIKES, CITY, DEALS, FORUM, GRAVEL, NOW_MS, SLOW, ZONE, Deal
from tests.settlement import world as worlds
from tests.settlement.builders import StageB, hexed
from tests.settlement.world import World
from warehouse import rows
from warehouse.store import Store as Warehouse

PASSWORD: Final = "practice-money-1"
PARTITIONS: Final = worlds.PARTITIONS

_MINUTE_MS: Final = 60_000
_OPENS: Final = 7 * 60
_CLOSES: Final = 21 * 60
_CITY_FULL: Final = "2026-11-11 15:42:00"

OCTOBER: Final = {GRAVEL: 46, SLOW: 85, CITY: 45, FORUM: 372}
"""Billable results of 1–12 Oct: together 548, and EUR 1,402.10."""

_CLICKS: Final = {
    "2026-11": {GRAVEL: 1524, SLOW: 2310, CITY: 486, FORUM: 517},
    "2026-10": {GRAVEL: 1400, SLOW: 2150, CITY: 450, FORUM: 391},
}
_REFUSED: Final[dict[str, dict[Deal, dict[str, int]]]] = {
    "2026-11": {
        GRAVEL: {"self_click": 2, "duplicate": 4, "outside_window": 1, "consent_denied": 1},
        SLOW: {"duplicate": 11, "bot": 2, "test": 1, "wrong_host": 1},
        CITY: {"duplicate": 1, "self_click": 1},
        FORUM: {"bot": 138, "preview": 57, "duplicate": 96, "self_click": 9},
    },
    "2026-10": {
        GRAVEL: {"duplicate": 12, "self_click": 3},
        SLOW: {"duplicate": 20, "bot": 3},
        CITY: {"duplicate": 9, "self_click": 5},
        FORUM: {"bot": 190, "preview": 80, "duplicate": 14, "self_click": 5},
    },
}
_LATE: Final = ("2026-11-11 17:10:12", "2026-11-12 08:31:40", "2026-11-12 13:18:03")
"""When City Cycle Guide's results came that its full budget refused, UTC."""

_PATHS: Final = {
    GRAVEL: "/thanks/HB-{}",
    SLOW: "/test-ride/booked",
    CITY: "/workshop/booked",
    FORUM: "/",
}


@dataclass
class _Candidate:
    deal: Deal
    at_ms: int
    refusal: str = ""
    repeats: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


def partnerships_file() -> str:
    """The accounts, the site and the agreements as a file the operator applies."""
    accounts = [
        _account(BIKES, "Harbour Bikes", "ada@harbourbikes.example", card=True),
        *(_account(d.partner_id, d.partner_name, f"{d.partner_id}@example.com") for d in DEALS),
        _account("tern", "Tern Software", "tess@tern.example", card=True),
    ]
    objectives = [
        f'[[objectives]]\nid = "{d.objective_id}"\nsite = "shop"\nname = "{d.objective_name}"\n'
        f'type = "{d.type}"\n' + ("" if d is FORUM else f'page = "{_PATHS[d].format("*")}"\n')
        for d in DEALS
    ]
    agreements = [
        f'[[agreements]]\nid = "{d.agreement_id}"\nsite = "shop"\npartner = "{d.partner_id}"\n'
        f'objective = "{d.objective_id}"\nprice = "{d.price}"\nbudget = "{d.budget}"\n'
        f'fee_paid_by = "{d.fee_paid_by}"\naccepted_on = 2026-09-07\n'
        for d in DEALS
    ]
    links = [
        f'[[links]]\nsite = "shop"\npartner = "{d.partner_id}"\ncode = "{d.link}"\n' for d in DEALS
    ]
    return "\n".join([*accounts, _SITE, *objectives, *agreements, *links])


_SITE: Final = """
[[sites]]
id = "shop"
account = "harbour-bikes"
key = "ck_shop"
hosts = ["shop.harbourbikes.example"]
landing = "https://shop.harbourbikes.example/"
verified_from = 2026-01-01

[[sites]]
id = "docs"
account = "tern"
key = "ck_tern"
hosts = ["tern.example"]
landing = "https://tern.example/"
verified_from = 2026-01-01
"""


def _account(account_id: str, name: str, email: str, *, card: bool = False) -> str:
    extra = 'card = "pm_card_visa"' if card else "transfers = true"
    return (
        f'[[accounts]]\nid = "{account_id}"\nname = "{name}"\nemail = "{email}"\n'
        f'password = "{PASSWORD}"\nzone = "{ZONE}"\ncurrency = "EUR"\ncountry = "DE"\n{extra}\n'
    )


def fill_partnerships(url: str, network_key: NetworkKey) -> None:
    """Migrate both rooms of PostgreSQL, and apply the file."""
    store = Partnerships(url)
    migrate_partnerships(store.engine)
    migrate_settlement(store.engine)
    apply(store, partnerships_file(), {}, network_key, NOW_MS)
    store.close()


def fill(postgres: str, clickhouse: str, network_key: NetworkKey) -> None:
    """The whole example, settled day by day, as of Thu 12 Nov 2026, 14:20 CET."""
    fill_partnerships(postgres, network_key)
    with worlds.stores(postgres, clickhouse) as (engine, store):
        world = worlds.world(engine, store)
        world.stage = StageB(BIKES)
        _decide(world.stage)
        worlds.insert(world.store, world.stage.conversions)
        _touch(world.store)
        _settle(world)


def _decide(stage: StageB) -> None:
    numbers = count()
    last: dict[Deal, int] = {}
    for candidate in sorted(_candidates(), key=lambda each: each.at_ms):
        number = next(numbers)
        once = last.get(candidate.deal, number) if candidate.repeats else number
        if not candidate.refusal and not candidate.repeats:
            last[candidate.deal] = number
        _decide_one(stage, candidate, number, once)


def _decide_one(stage: StageB, candidate: _Candidate, number: int, once: int) -> None:
    deal, at_ms = candidate.deal, candidate.at_ms
    october = month_of(day_of(at_ms, ZONE)) == "2026-10"
    stage.decide(
        day_of(at_ms, ZONE),
        at_ms=at_ms,
        agreement_id=deal.agreement_id,
        partner_id=deal.partner_id,
        objective_id=deal.objective_id,
        objective_type=deal.type,
        count="day" if deal is FORUM else "visitor" if deal is SLOW else "order",
        order=f"HB-{4000 + number}" if deal in (GRAVEL, CITY) else "",
        once_key=hexed("once", deal.agreement_id, once),
        price_minor=deal.price_minor,
        payer_share_bps=PAYER_SHARE_BPS[deal.fee_paid_by],
        hold_days=7,
        refusal=candidate.refusal,
        verdict=candidate.refusal if candidate.refusal in ("bot", "preview") else "browser",
        budget_version=1 if october else 2,
        budget_minor=60_000 if october and deal is CITY else deal.budget_minor,
        event_path=_PATHS[deal].format(4000 + number),
        s1="newsletter" if deal is GRAVEL and number % 3 == 0 else "",
        **candidate.fields,
    )


def _candidates() -> Iterator[_Candidate]:
    for deal in DEALS:
        for number, results in enumerate(deal.days):
            day = date(2026, 11, 1 + number)
            yield from (_Candidate(deal, at) for at in _times(deal, day, results))
        october = [date(2026, 10, 1 + n) for n in range(12)]
        for number, day in enumerate(october):
            results = OCTOBER[deal] // 12 + (number < OCTOBER[deal] % 12)
            yield from (_Candidate(deal, at) for at in _times(deal, day, results))
    for month, by_deal in _REFUSED.items():
        for deal, reasons in by_deal.items():
            for reason, number in reasons.items():
                yield from _refusals(deal, month, reason, number)
    for text in _LATE:
        yield _Candidate(CITY, _ms(text))


def _refusals(deal: Deal, month: str, reason: str, number: int) -> Iterator[_Candidate]:
    for each in range(number):
        day = date.fromisoformat(f"{month}-{1 + each % 11:02d}")
        minute = _OPENS + 5 + (each * 37 + len(reason) * 11) % (_CLOSES - _OPENS - 300)
        at_ms = start_ms(day, ZONE) + minute * _MINUTE_MS + 31_000
        fields: dict[str, Any] = {}
        if reason == "outside_window":
            fields["touch_at"] = at_ms - 31 * 24 * 60 * _MINUTE_MS
        repeats = reason == "duplicate"
        yield _Candidate(deal, at_ms, "" if repeats else reason, repeats, fields)


def _times(deal: Deal, day: date, results: int) -> list[int]:
    """Spread over the shop's hours; today and the days compared with it end at 14:20."""
    opens, closes = _OPENS, _CLOSES
    if day.day == 12:
        closes = 14 * 60 + 15
    midnight = start_ms(day, ZONE)
    step = (closes - opens) * _MINUTE_MS // max(results, 1)
    offset = {GRAVEL: 11, SLOW: 47, CITY: 23, FORUM: 5}[deal] * 1000
    times = [midnight + opens * _MINUTE_MS + step * n + offset for n in range(results)]
    if deal is CITY and day == date(2026, 11, 11):
        times[-1] = _ms(_CITY_FULL)
    if deal is SLOW and day == date(2026, 11, 12):
        times[-1] = _ms("2026-11-12 13:19:52")
    if deal is FORUM and day == date(2026, 11, 12):
        times[-1] = _ms("2026-11-12 13:17:40")
    return times


def _touch(store: Warehouse) -> None:
    touches = list(_touches())
    table = rows.TOUCHES
    store.insert(table.name, table.columns, list(zip(*map(rows.touch_row, touches), strict=True)))


def _touches() -> Iterator[Touch]:
    numbers = count()
    for month, clicks in _CLICKS.items():
        for deal, clicked in clicks.items():
            programs = _REFUSED[month][deal] if deal is FORUM else {}
            verdicts = {"browser": clicked} | {
                verdict: programs.get(verdict, 0) for verdict in ("bot", "preview")
            }
            for verdict, number in verdicts.items():
                for each in range(number):
                    yield _touch_at(deal, month, verdict, each, number, next(numbers))


def _touch_at(deal: Deal, month: str, verdict: str, each: int, number: int, unique: int) -> Touch:
    minutes = 12 * (_CLOSES - _OPENS) - (_CLOSES - (14 * 60 + 10))
    minute = each * minutes // number
    day = date.fromisoformat(f"{month}-01") + timedelta(days=minute // (_CLOSES - _OPENS))
    at_ms = start_ms(day, ZONE) + (_OPENS + minute % (_CLOSES - _OPENS)) * _MINUTE_MS
    return Touch(
        touch_id=hexed("touch", unique),
        event_id=hexed("event", "touch", unique),
        site_id="shop",
        advertiser_id=BIKES,
        partner_id=deal.partner_id,
        visitor=hexed("visitor", unique),
        session_id=hexed("session", unique),
        day=day.isoformat(),
        month=month,
        at_ms=at_ms,
        received_at=at_ms,
        form="token",
        link=deal.link,
        nonce=hexed("nonce", unique),
        path="/",
        verdict=verdict,
        refusal=verdict if verdict != "browser" else "",  # type: ignore[arg-type]
        source=Source(EVENTS, 0, unique, 0),
    )


def _settle(world: World) -> None:
    """Each night at 02:14; all of October in the first."""
    world.profiles.minimum_minor = 2500
    world.profiles.add(BIKES, card="pm_card_visa")
    for deal in DEALS:
        world.profiles.add(deal.partner_id, takes_transfers=True)
    for day in (date(2026, 10, 31), *(date(2026, 11, 1 + n) for n in range(11))):
        world.now = from_ms(start_ms(day + timedelta(days=1), ZONE) + 134 * _MINUTE_MS)
        world.mark()
        world.settling().apply(Asked(day, through=True))
    world.now = from_ms(NOW_MS)
    world.mark()
    world.check()


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
