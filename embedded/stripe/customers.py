"""Customers: who is charged, and with which payment method by default."""

from typing import Any

from embedded.stripe import lists, metadata, payment_methods
from embedded.stripe.errors import Refusal
from embedded.stripe.ledger import Call, Ledger, new_id
from embedded.stripe.store import Body

ADDRESS_PARTS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(call: Call) -> Body:
    ledger = call.ledger
    customer: Body = {
        "id": new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": ledger.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": None,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
    }
    if call.params.get("payment_method"):
        method = payment_methods.resolve(
            ledger, call.params["payment_method"], param="payment_method"
        )
        payment_methods.attach_to(ledger, method, customer["id"])
    customer |= _changes(ledger, customer, call.params)
    ledger.record(customer, "customer.created")
    return customer


def update(call: Call) -> Body:
    before = call.ledger.need("customer", call.path["customer"])
    customer = before | _changes(call.ledger, before, call.params)
    call.ledger.record(customer, "customer.updated", before=before)
    return customer


def retrieve(call: Call) -> Body:
    return call.ledger.need("customer", call.path["customer"])


def list_all(call: Call) -> Body:
    return lists.listing(call, "customer", "/v1/customers", fields=lists.given(call, "email"))


def _changes(ledger: Ledger, customer: Body, params: Any) -> Body:
    changes: Body = {
        name: params[name] or None
        for name in ("description", "email", "name", "phone")
        if name in params
    }
    if "address" in params:
        address = params["address"]
        changes["address"] = address and {part: address.get(part) for part in ADDRESS_PARTS}
    method = params.get("invoice_settings", {}).get("default_payment_method")
    if method is not None:
        changes["invoice_settings"] = customer["invoice_settings"] | {
            "default_payment_method": _owned(ledger, customer, method) if method else None
        }
    changes["metadata"] = metadata.merged(customer["metadata"], params.get("metadata"))
    return changes


def _owned(ledger: Ledger, customer: Body, method: str) -> str:
    found = ledger.store.get(method)
    if found is None or found.get("customer") != customer["id"]:
        raise Refusal(
            f"The customer does not have a payment method with the ID {method}. "
            "The payment method must be attached to the customer.",
            code="resource_missing",
            param="invoice_settings[default_payment_method]",
        )
    return method
