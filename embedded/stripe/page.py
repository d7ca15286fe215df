"""The practice ledger as a page: what was charged and what was transferred."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from embedded.pages import render
from embedded.stripe.currencies import shown
from embedded.stripe.store import Body, Query, Store

SHOWN_ROWS = 100


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the page's head."""

    label: str
    number: str


def ledger(store: Store, now: int) -> str:
    """The page as HTML at the practice time `now`, in epoch seconds."""
    return render(
        "ledger.html",
        now=_time(now),
        tiles=list(_tiles(store, now)),
        charges=[_charge(store, body) for body in _latest(store, "charge")],
        charge_count=store.count("charge"),
        transfers=[_row(body) for body in _latest(store, "transfer")],
        transfer_count=store.count("transfer"),
    )


def _latest(store: Store, kind: str) -> list[Body]:
    return store.page(Query(kind, limit=SHOWN_ROWS))[0]


def _tiles(store: Store, now: int) -> Iterator[Tile]:
    movements = store.movements(now)
    for currency in sorted({movement.currency for movement in movements}):
        own = [movement for movement in movements if movement.currency == currency]
        charged = sum(m.amount_minor for m in own if m.type == "charge")
        transferred = -sum(m.amount_minor for m in own if m.type == "transfer")
        yield Tile("Charged", shown(charged, currency))
        yield Tile("Transferred", shown(transferred, currency))
        yield Tile("Stripe's fees", shown(sum(m.fee_minor for m in own), currency))
        yield Tile("Balance", shown(sum(m.net_minor for m in own), currency))


def _charge(store: Store, body: Body) -> dict[str, str]:
    customer = store.get(body["customer"]) if body["customer"] else None
    who = (customer.get("name") or customer.get("email")) if customer else None
    card = body["payment_method_details"]["card"]
    return _row(body) | {
        "customer": who or body["customer"] or "no customer",
        "card": f"{card['brand'].capitalize()} ending {card['last4']}",
        "status": body["status"],
        "reason": body["outcome"]["reason"] or "",
    }


def _row(body: Body) -> dict[str, str]:
    return {
        "id": body["id"],
        "time": _time(body["created"]),
        "amount": shown(body["amount"], body["currency"]),
        "group": body["transfer_group"] or "",
        "description": body["description"] or "",
        "destination": body.get("destination") or "",
        "source": body.get("source_transaction") or "",
    }


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%a %d %b %Y, %H:%M:%S UTC")
