"""Charges: the record of each try to take money, made by payment intents alone."""

from embedded.stripe import lists
from embedded.stripe.cards import Decline
from embedded.stripe.ledger import Call, new_id
from embedded.stripe.store import Body


def retrieve(call: Call) -> Body:
    return call.ledger.need("charge", call.path["charge"])


def list_all(call: Call) -> Body:
    return lists.listing(
        call,
        "charge",
        "/v1/charges",
        fields=lists.given(call, "customer", "payment_intent", "transfer_group"),
    )


def charge_of(intent: Body, method: Body, now: int, decline: Decline | None) -> Body:
    """The charge that an attempt on `intent` with `method` leaves behind."""
    paid = decline is None
    amount = intent["amount"]
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if paid else 0,
        "amount_refunded": 0,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "captured": paid,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _outcome(decline),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": method["card"], "type": "card"},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def _outcome(decline: Decline | None) -> Body:
    if decline is None:
        return {
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "network_status": "not_sent_to_network" if decline.blocked else "declined_by_network",
        "reason": decline.decline_code,
        "risk_level": "highest" if decline.blocked else "normal",
        "seller_message": decline.message,
        "type": "blocked" if decline.blocked else "issuer_declined",
    }
