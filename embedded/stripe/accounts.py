"""Partners' accounts: in practice they are ready at once for what they ask for."""

from typing import Any

from embedded.stripe import lists, metadata
from embedded.stripe.errors import Refusal
from embedded.stripe.ledger import Call, new_id
from embedded.stripe.store import Body

DEFAULT_COUNTRY = "US"


def create(call: Call) -> Body:
    account: Body = {
        "id": new_id("acct"),
        "object": "account",
        "business_profile": None,
        "business_type": None,
        "capabilities": {},
        "charges_enabled": False,
        "controller": call.params.get("controller"),
        "country": call.params.get("country") or DEFAULT_COUNTRY,
        "created": call.ledger.now,
        "default_currency": call.params.get("default_currency") or "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "requirements": {
            "current_deadline": None,
            "currently_due": [],
            "disabled_reason": None,
            "errors": [],
            "eventually_due": [],
            "past_due": [],
            "pending_verification": [],
        },
        "type": call.params.get("type") or "none",
    }
    account |= _changes(account, call.params)
    call.ledger.record(account, "account.updated")
    return account


def update(call: Call) -> Body:
    before = call.ledger.need("account", call.path["account"])
    account = before | _changes(before, call.params)
    call.ledger.record(account, "account.updated", before=before)
    return account


def retrieve(call: Call) -> Body:
    return call.ledger.need("account", call.path["account"])


def list_all(call: Call) -> Body:
    return lists.listing(call, "account", "/v1/accounts")


def refuse_unable(account: Body) -> None:
    """Raises a Refusal unless transfers may reach the account."""
    if account["capabilities"].get("transfers") != "active":
        raise Refusal(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
            param="destination",
        )


def _changes(account: Body, params: Any) -> Body:
    changes: Body = {
        name: params[name] or None
        for name in ("business_profile", "business_type", "email")
        if name in params
    }
    capabilities = account["capabilities"] | {
        name: "active" if asked.get("requested") else "inactive"
        for name, asked in params.get("capabilities", {}).items()
    }
    return changes | {
        "capabilities": capabilities,
        "charges_enabled": capabilities.get("card_payments") == "active",
        "metadata": metadata.merged(account["metadata"], params.get("metadata")),
    }
