"""The platform's balance: every change is a balance transaction, and the balance is their sum."""

from typing import Any

from embedded.stripe import lists
from embedded.stripe.ledger import Call, Ledger, new_id
from embedded.stripe.store import Body

# Practice figures: what a charge costs, and how long its funds stay pending.
FEE_PER_MILLE = 29
FEE_FIXED_MINOR = 30
PENDING_SECONDS = 2 * 24 * 3600


def practice_fee(amount_minor: int) -> int:
    """Stripe's own cost of a charge: 2.9 % rounded half up, and 30; never more than the charge."""
    return min((amount_minor * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED_MINOR, amount_minor)


def post(
    ledger: Ledger,
    kind: str,
    source: Body,
    *,
    amount_minor: int,
    fee_minor: int = 0,
    available_on: int,
) -> str:
    """Record the change that `source` makes to the balance; returns its id."""
    transaction: Body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount_minor,
        "available_on": available_on,
        "created": ledger.now,
        "currency": source["currency"],
        "description": source["description"],
        "exchange_rate": None,
        "fee": fee_minor,
        "fee_details": _fee_details(fee_minor, source["currency"]),
        "net": amount_minor - fee_minor,
        "reporting_category": kind,
        "source": source["id"],
        "type": kind,
    }
    ledger.store.put(transaction)
    return str(transaction["id"])


def retrieve(call: Call) -> Body:
    """The balance now: what is available and what is pending, by currency."""
    available: dict[str, int] = {"usd": 0}
    pending: dict[str, int] = {"usd": 0}
    for movement in call.ledger.store.movements(call.ledger.now):
        for sums, counts in ((available, movement.available), (pending, not movement.available)):
            sums.setdefault(movement.currency, 0)
            sums[movement.currency] += movement.net_minor if counts else 0
    return {
        "object": "balance",
        "available": _amounts(available),
        "livemode": False,
        "pending": _amounts(pending),
    }


def available_minor(ledger: Ledger, currency: str) -> int:
    """What can leave the balance now."""
    return sum(
        movement.net_minor
        for movement in ledger.store.movements(ledger.now)
        if movement.currency == currency and movement.available
    )


def retrieve_transaction(call: Call) -> Body:
    return call.ledger.need("balance_transaction", call.path["transaction"])


def list_transactions(call: Call) -> Body:
    return lists.listing(
        call,
        "balance_transaction",
        "/v1/balance_transactions",
        fields=lists.given(call, "source", "type"),
    )


def _fee_details(fee_minor: int, currency: str) -> list[Any]:
    if not fee_minor:
        return []
    return [
        {
            "amount": fee_minor,
            "application": None,
            "currency": currency,
            "description": "Practice processing fees",
            "type": "stripe_fee",
        }
    ]


def _amounts(sums: dict[str, int]) -> list[Any]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sums.items()
    ]
