"""Transfers to partners' accounts, from collected money or from the available balance."""

from embedded.stripe import accounts, balance, currencies, lists, metadata
from embedded.stripe.errors import Refusal
from embedded.stripe.ledger import Call, Ledger, new_id
from embedded.stripe.store import Body


def create(call: Call) -> Body:
    ledger, params = call.ledger, call.params
    if params.get("amount") is None:
        raise Refusal("Missing required param: amount.", code="parameter_missing", param="amount")
    amount = currencies.positive(params["amount"])
    currency = currencies.known_currency(params["currency"])
    destination = ledger.need("account", params["destination"], param="destination")
    accounts.refuse_unable(destination)
    group = params.get("transfer_group") or None
    charge: Body | None = None
    if params.get("source_transaction"):
        charge = _source(ledger, params["source_transaction"], amount, currency)
        group = _shared_group(ledger, charge, group)
    elif balance.available_minor(ledger, currency) < amount:
        raise _insufficient()
    transfer = _new(call, amount, currency, group, charge)
    transfer["balance_transaction"] = balance.post(
        ledger,
        "transfer",
        transfer,
        amount_minor=-amount,
        available_on=_available_on(ledger, charge),
    )
    ledger.record(transfer, "transfer.created")
    return transfer


def retrieve(call: Call) -> Body:
    return call.ledger.need("transfer", call.path["transfer"])


def list_all(call: Call) -> Body:
    return lists.listing(
        call,
        "transfer",
        "/v1/transfers",
        fields=lists.given(call, "destination", "transfer_group"),
    )


def _new(call: Call, amount: int, currency: str, group: str | None, charge: Body | None) -> Body:
    identifier = new_id("tr")
    return {
        "id": identifier,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": call.ledger.now,
        "currency": currency,
        "description": call.params.get("description") or None,
        "destination": call.params["destination"],
        "destination_payment": new_id("py"),
        "livemode": False,
        "metadata": metadata.merged({}, call.params.get("metadata")),
        "reversals": {
            "object": "list",
            "data": [],
            "has_more": False,
            "total_count": 0,
            "url": f"/v1/transfers/{identifier}/reversals",
        },
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": "card",
        "transfer_group": group,
    }


def _source(ledger: Ledger, reference: str, amount: int, currency: str) -> Body:
    """The charge that pays for the transfer, when it was collected and holds enough."""
    charge = ledger.need("charge", reference, param="source_transaction")
    if charge["status"] != "succeeded":
        raise Refusal(
            f"The charge {reference} did not succeed, so nothing can be transferred from it.",
            param="source_transaction",
        )
    if charge["currency"] != currency:
        raise Refusal(
            f"The currency of source_transaction's balance transaction ({charge['currency']}) must"
            f" be the same as the transfer currency ({currency})",
            param="currency",
        )
    left = charge["amount"] - charge["amount_refunded"] - ledger.store.transferred_minor(reference)
    if amount > left:
        raise Refusal(
            f"The transfer amount ({amount}) is above what is left of the source charge ({left}).",
            code="balance_insufficient",
            param="amount",
        )
    return charge


def _shared_group(ledger: Ledger, charge: Body, group: str | None) -> str:
    """The group of charge and transfer: one and the same, given to the charge when it has none."""
    owned: str | None = charge["transfer_group"]
    if owned is not None and group not in (None, owned):
        raise Refusal(
            f"The charge {charge['id']} has the transfer_group {owned}; its transfers share it.",
            param="transfer_group",
        )
    if owned is None:
        owned = group or f"group_{charge['payment_intent']}"
        ledger.record(charge | {"transfer_group": owned}, "charge.updated", before=charge)
    return owned


def _available_on(ledger: Ledger, charge: Body | None) -> int:
    """A transfer from a charge waits for that charge's funds."""
    if charge is None:
        return ledger.now
    funds = ledger.need("balance_transaction", charge["balance_transaction"])
    return max(ledger.now, int(funds["available_on"]))


def _insufficient() -> Refusal:
    return Refusal(
        "You have insufficient available funds in your Stripe account. Try adding funds directly"
        " to your available balance by creating Charges using the test card"
        " pm_card_bypassPending.",
        code="balance_insufficient",
    )
