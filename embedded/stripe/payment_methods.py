"""Payment methods: practice cards, and the customer each is attached to."""

import time

from embedded.stripe import lists, metadata
from embedded.stripe.cards import CARDS, PracticeCard, named
from embedded.stripe.errors import Refusal, missing
from embedded.stripe.ledger import Call, Ledger, new_id
from embedded.stripe.store import Body


def create(call: Call) -> Body:
    """A card from a test token; numbers are refused, as Stripe does by default."""
    if call.params.get("type") != "card" or "card" not in call.params:
        raise Refusal("The practice Stripe makes cards only: type=card", param="type")
    token = call.params["card"].get("token", "")
    name = named(token)
    if name is None:
        raise missing("token", token, param="card[token]")
    method = _minted(call.ledger, name)
    method["metadata"] = metadata.merged({}, call.params.get("metadata"))
    call.ledger.store.put(method)
    return method


def attach(call: Call) -> Body:
    customer = call.params.get("customer")
    if not customer:
        raise Refusal(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    call.ledger.need("customer", customer, param="customer")
    method = resolve(call.ledger, call.path["payment_method"])
    return attach_to(call.ledger, method, customer)


def attach_to(ledger: Ledger, method: Body, customer: str) -> Body:
    """Attach a method to a customer; raises a Refusal when it is another customer's."""
    if method["customer"] not in (None, customer):
        raise Refusal(
            "The payment method you provided has already been attached to a customer.",
            param="payment_method",
        )
    refuse_detached(method)
    attached = method | {"customer": customer}
    ledger.record(attached, "payment_method.attached")
    return attached


def detach(call: Call) -> Body:
    """Take the method from its customer, for good: it can be neither charged nor attached."""
    before = call.ledger.need("payment_method", call.path["payment_method"])
    if before["customer"] is None:
        raise Refusal(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible."
        )
    method = before | {"customer": None, "_detached": True}
    call.ledger.record(method, "payment_method.detached", before=before)
    _forget_default(call.ledger, before["customer"], method["id"])
    return method


def retrieve(call: Call) -> Body:
    return call.ledger.need("payment_method", call.path["payment_method"])


def list_all(call: Call) -> Body:
    return lists.listing(
        call,
        "payment_method",
        "/v1/payment_methods",
        fields=lists.given(call, "customer", "type"),
    )


def list_of_customer(call: Call) -> Body:
    customer = call.ledger.need("customer", call.path["customer"])["id"]
    return lists.listing(
        call,
        "payment_method",
        f"/v1/customers/{customer}/payment_methods",
        fields={"customer": customer} | lists.given(call, "type"),
    )


def resolve(ledger: Ledger, reference: str, *, param: str | None = None) -> Body:
    """The method with this id, or a new one when `reference` names a test card."""
    name = named(reference)
    if name is not None:
        method = _minted(ledger, name)
        ledger.store.put(method)
        return method
    found = ledger.store.get(reference)
    if found is None or found["object"] != "payment_method":
        raise missing("PaymentMethod", reference, param=param)
    return found


def card_of(method: Body) -> PracticeCard:
    """The practice card behind the method."""
    return CARDS[method["_card"]]


def refuse_detached(method: Body) -> None:
    if method.get("_detached"):
        raise Refusal(
            "The provided PaymentMethod was detached from a Customer. It may not be used again.",
            param="payment_method",
        )


def _minted(ledger: Ledger, name: str) -> Body:
    card = CARDS[name]
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": 12,
            "exp_year": time.gmtime(ledger.now).tm_year + 3,
            "fingerprint": f"practice_{name}",
            "funding": card.funding,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": ledger.now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_card": name,
    }


def _forget_default(ledger: Ledger, customer: str, method: str) -> None:
    before = ledger.need("customer", customer)
    settings = before["invoice_settings"]
    if settings["default_payment_method"] == method:
        after = before | {"invoice_settings": settings | {"default_payment_method": None}}
        ledger.record(after, "customer.updated", before=before)
