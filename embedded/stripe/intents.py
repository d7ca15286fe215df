"""Payment intents as a state machine: what may be confirmed, what may be cancelled, when."""

from embedded.stripe import currencies, lists, metadata, payment_methods
from embedded.stripe.attempts import attempt
from embedded.stripe.errors import Refusal
from embedded.stripe.ledger import Call, Declined, Ledger, new_id
from embedded.stripe.store import Body

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (*CONFIRMABLE, "requires_capture", "processing")

ECHOED = (
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def create(call: Call) -> Body | Declined:
    ledger, params = call.ledger, call.params
    if params.get("off_session") and not params.get("confirm"):
        raise Refusal(
            "The parameter `off_session` can only be given when `confirm` is true.",
            param="off_session",
        )
    intent = _new(call)
    method = _method(ledger, intent, params.get("payment_method"))
    if method is not None:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    if params.get("confirm") and method is None:
        raise _unexpected(ledger, intent, _missing_method())
    ledger.record(intent, "payment_intent.created")
    if not params.get("confirm") or method is None:
        return intent
    return attempt(ledger, intent, method, off_session=bool(params.get("off_session")))


def confirm(call: Call) -> Body | Declined:
    ledger, params = call.ledger, call.params
    intent = ledger.need("payment_intent", call.path["intent"])
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(ledger, intent, _not_confirmable(intent["status"]))
    method = _method(ledger, intent, params.get("payment_method") or intent["payment_method"])
    if method is None:
        raise _unexpected(ledger, intent, _missing_method())
    if params.get("receipt_email"):
        intent |= {"receipt_email": params["receipt_email"]}
    return attempt(ledger, intent, method, off_session=bool(params.get("off_session")))


def cancel(call: Call) -> Body:
    before = call.ledger.need("payment_intent", call.path["intent"])
    if before["status"] not in CANCELABLE:
        raise _unexpected(
            call.ledger, before, _wrong_status("cancel", "canceled", before, CANCELABLE)
        )
    canceled = before | {
        "canceled_at": call.ledger.now,
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
        "status": "canceled",
    }
    call.ledger.record(canceled, "payment_intent.canceled")
    return canceled


def retrieve(call: Call) -> Body:
    return call.ledger.need("payment_intent", call.path["intent"])


def list_all(call: Call) -> Body:
    return lists.listing(
        call, "payment_intent", "/v1/payment_intents", fields=lists.given(call, "customer")
    )


def _new(call: Call) -> Body:
    params = call.params
    currency = currencies.known_currency(params["currency"])
    identifier = new_id("pi")
    if params.get("customer"):
        call.ledger.need("customer", params["customer"], param="customer")
    return {
        "id": identifier,
        "object": "payment_intent",
        "amount": currencies.chargeable(params["amount"], currency),
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": params.get("automatic_payment_methods"),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{identifier}_secret_practice",
        "confirmation_method": "automatic",
        "created": call.ledger.now,
        "currency": currency,
        "customer": params.get("customer") or None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "processing": None,
        "setup_future_usage": None,
        "status": "requires_payment_method",
        "transfer_data": None,
    } | {name: params.get(name) or None for name in ECHOED}


def _method(ledger: Ledger, intent: Body, reference: str | None) -> Body | None:
    """The method asked for, when the intent's customer may pay with it."""
    if not reference:
        return None
    method = payment_methods.resolve(ledger, reference, param="payment_method")
    payment_methods.refuse_detached(method)
    owner = method["customer"]
    if owner is not None and intent["customer"] is None:
        raise Refusal(
            "The payment method supplied belongs to a Customer. Please include the Customer in"
            " the `customer` parameter on the PaymentIntent.",
            param="payment_method",
        )
    if owner not in (None, intent["customer"]):
        raise Refusal(
            f"The customer does not have a payment method with the ID {method['id']}. "
            "The payment method must be attached to the customer.",
            code="resource_missing",
            param="payment_method",
        )
    return method


def _unexpected(ledger: Ledger, intent: Body, message: str) -> Refusal:
    return Refusal(
        message,
        code="payment_intent_unexpected_state",
        details={"payment_intent": ledger.show(intent)},
    )


def _not_confirmable(status: str) -> str:
    if status == "succeeded":
        return (
            "You cannot confirm this PaymentIntent because it has already succeeded after being"
            " previously confirmed."
        )
    return _wrong_status("confirm", "confirmed", {"status": status}, CONFIRMABLE)


def _wrong_status(verb: str, done: str, intent: Body, allowed: tuple[str, ...]) -> str:
    return (
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}. "
        f"Only a PaymentIntent with one of the following statuses may be {done}: "
        f"{', '.join(allowed)}."
    )


def _missing_method() -> str:
    return (
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
        " confirm it again directly with a payment method."
    )
