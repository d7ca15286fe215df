"""Events: every change tells of itself, and can be asked for during 30 days."""

from embedded.stripe import lists
from embedded.stripe.errors import Refusal
from embedded.stripe.ledger import Call
from embedded.stripe.store import Body

# Stripe keeps events for 30 days; a backfill that comes later must not find them here either.
KEPT_SECONDS = 30 * 24 * 3600


def retrieve(call: Call) -> Body:
    return call.ledger.need("event", call.path["event"])


def list_all(call: Call) -> Body:
    one, several = call.params.get("type"), call.params.get("types")
    if one and several:
        raise Refusal("You may only give one of these parameters: type, types.", param="type")
    return lists.listing(
        call,
        "event",
        "/v1/events",
        types=[one] if one else several or (),
        not_before=call.ledger.now - KEPT_SECONDS,
    )
