"""One try to collect a payment intent: the bank's answer becomes a charge and the next state."""

from embedded.stripe import balance, payment_methods
from embedded.stripe.cards import Approval, AuthenticationNeeded, Decline, answer
from embedded.stripe.charges import charge_of
from embedded.stripe.errors import error
from embedded.stripe.ledger import Declined, Ledger, new_id
from embedded.stripe.store import Body


def attempt(ledger: Ledger, intent: Body, method: Body, *, off_session: bool) -> Body | Declined:
    """Charge `method` for `intent`; the intent in its new state, or the decline."""
    said = answer(payment_methods.card_of(method), present=not off_session)
    if isinstance(said, AuthenticationNeeded):
        return _ask(ledger, intent, method)
    if isinstance(said, Decline):
        return _decline(ledger, intent, method, said)
    return _collect(ledger, intent, method, said)


def _collect(ledger: Ledger, intent: Body, method: Body, approval: Approval) -> Body:
    charge = charge_of(intent, method, ledger.now, None)
    charge["balance_transaction"] = balance.post(
        ledger,
        "charge",
        charge,
        amount_minor=charge["amount"],
        fee_minor=balance.practice_fee(charge["amount"]),
        available_on=ledger.now + (0 if approval.at_once else balance.PENDING_SECONDS),
    )
    ledger.record(charge, "charge.succeeded")
    paid = intent | {
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": method["id"],
        "status": "succeeded",
    }
    ledger.record(paid, "payment_intent.succeeded")
    return paid


def _decline(ledger: Ledger, intent: Body, method: Body, decline: Decline) -> Declined:
    charge = charge_of(intent, method, ledger.now, decline)
    ledger.record(charge, "charge.failed")
    told = error(decline.message, kind="card_error", code=decline.code) | {
        "charge": charge["id"],
        "decline_code": decline.decline_code,
        "payment_method": ledger.show(method),
    }
    failed = intent | {
        "last_payment_error": told,
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    ledger.record(failed, "payment_intent.payment_failed")
    return Declined(told | {"payment_intent": ledger.show(failed)})


def _ask(ledger: Ledger, intent: Body, method: Body) -> Body:
    asking = intent | {
        "next_action": {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "source": new_id("src")},
        },
        "payment_method": method["id"],
        "status": "requires_action",
    }
    ledger.record(asking, "payment_intent.requires_action")
    return asking
