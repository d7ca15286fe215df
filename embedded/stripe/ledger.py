"""What one request may read and write: it commits with the answer, or not at all."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import stripe

from embedded.stripe import errors
from embedded.stripe.store import Body, Store


@dataclass(frozen=True, slots=True)
class Ledger:
    """The practice ledger as one request sees it; `now` is the practice time in epoch seconds."""

    store: Store
    now: int
    request_id: str
    idempotency_key: str | None

    def need(self, kind: str, identifier: str, *, param: str | None = None) -> Body:
        """The object of this kind; `param` names the parameter that asked, none for the address.

        Raises a Refusal when there is no such object.
        """
        found = self.store.get(identifier)
        if found is None or found["object"] != kind:
            raise errors.missing(param or kind, identifier, param=param)
        return found

    def record(self, body: Body, happened: str, *, before: Body | None = None) -> None:
        """Store the object and the event that tells of it; `before` is what it was."""
        self.store.put(body)
        self._announce(happened, body, before)

    def show(self, body: Body) -> Body:
        """The object as an answer holds it."""
        shown = {name: value for name, value in body.items() if not name.startswith("_")}
        if body["object"] == "balance_transaction":
            shown["status"] = "available" if body["available_on"] <= self.now else "pending"
        return shown

    def _announce(self, happened: str, body: Body, before: Body | None) -> None:
        data: Body = {"object": self.show(body)}
        if before is not None:
            data["previous_attributes"] = {
                name: before[name]
                for name, value in data["object"].items()
                if before.get(name) != value
            }
        event: Body = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": happened,
        }
        if body["object"] == "account":
            event["account"] = body["id"]
        self.store.put(event)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint: its ledger, the ids in its address, its checked parameters."""

    ledger: Ledger
    path: Mapping[str, str]
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Declined:
    """A payment that the bank refused: recorded like any change, and answered as an error."""

    error: Body


def new_id(prefix: str) -> str:
    """An id that no other object has."""
    return f"{prefix}_{secrets.token_hex(12)}"
