"""A Stripe in memory with the same behaviour, for tests that need no network and can be crashed.

Cards are named as Stripe's practice cards: `pm_card_visa` pays, `pm_card_chargeCustomerFail`
declines when it is charged.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Final, TypeVar, cast

from settlement.floors import floor_minor
from settlement.gateway import (
    POSTING,
    Denied,
    Gateway,
    Intent,
    Lost,
    Refused,
    Request,
    SentTransfer,
)

T = TypeVar("T")

DECLINING_CARD: Final = "pm_card_chargeCustomerFail"


@dataclass(slots=True)
class _Intent:
    intent: Intent
    request: Request
    collected_minor: int = 0


class MemoryGateway(Gateway):
    """Keeps everything it was asked; `lose_next` makes it carry out a call and answer nothing."""

    def __init__(self) -> None:
        self.intents: dict[str, _Intent] = {}
        self.transfers: dict[str, tuple[str, SentTransfer]] = {}
        self._cards: dict[str, tuple[str, str]] = {}
        self._answers: dict[str, tuple[object, object]] = {}
        self._numbers = count(1)
        self._lost: set[str] = set()

    def lose_next(self, call: str) -> None:
        """The next answer of this method is lost after it was carried out."""
        self._lost.add(call)

    def forget_keys(self) -> None:
        """A day passes: no idempotency key is remembered."""
        self._answers.clear()

    @property
    def balance_minor(self) -> int:
        """What was collected less what was transferred."""
        collected = sum(intent.collected_minor for intent in self.intents.values())
        return collected - sum(sent.amount_minor for _, sent in self.transfers.values())

    def create_customer(self, request: Request, key: str) -> str:
        return self._once("create_customer", key, request, lambda: self._id("cus"))

    def attach_card(self, customer_id: str, card: str, key: str) -> str:
        def attach() -> str:
            method = self._id("pm")
            self._cards[method] = (customer_id, card)
            return method

        return self._once("attach_card", key, (customer_id, card), attach)

    def create_account(self, request: Request, key: str) -> str:
        return self._once("create_account", key, request, lambda: self._id("acct"))

    def create_intent(self, request: Request, key: str) -> Intent:
        def create() -> Intent:
            currency = cast(str, request["currency"]).upper()
            if cast(int, request["amount"]) < floor_minor(currency, month_ends=True):
                raise Refused("amount_too_small", "Amount is below the minimum")
            intent = Intent(self._id("pi"), "requires_confirmation")
            self.intents[intent.id] = _Intent(intent, dict(request))
            return intent

        return self._once("create_intent", key, request, create)

    def retrieve_intent(self, intent_id: str) -> Intent:
        if intent_id not in self.intents:
            raise Refused("resource_missing", f"No such payment_intent: {intent_id}")
        return self.intents[intent_id].intent

    def confirm_intent(self, intent_id: str, key: str) -> Intent:
        return self._once("confirm_intent", key, intent_id, lambda: self._confirm(intent_id))

    def create_transfer(self, request: Request, key: str) -> SentTransfer:
        def create() -> SentTransfer:
            metadata = cast(dict[str, str], request["metadata"])
            sent = SentTransfer(
                self._id("tr"),
                metadata.get(POSTING, ""),
                cast(int, request["amount"]),
                cast(str, request["destination"]),
            )
            self.transfers[sent.id] = (cast(str, request["transfer_group"]), sent)
            return sent

        return self._once("create_transfer", key, request, create)

    def transfers_of_group(self, transfer_group: str) -> list[SentTransfer]:
        return [sent for group, sent in self.transfers.values() if group == transfer_group]

    def _confirm(self, intent_id: str) -> Intent:
        found = self.intents[intent_id]
        if found.intent.status == "succeeded":
            raise Refused("payment_intent_unexpected_state", "it has already succeeded")
        _, card = self._cards[cast(str, found.request["payment_method"])]
        charge_id = self._id("ch")
        if card == DECLINING_CARD:
            found.intent = replace(
                found.intent,
                status="requires_payment_method",
                charge_id=charge_id,
                decline="generic_decline",
            )
        else:
            found.intent = replace(found.intent, status="succeeded", charge_id=charge_id)
            found.collected_minor = cast(int, found.request["amount"])
        return found.intent

    def _once(self, call: str, key: str, request: object, create: Callable[[], T]) -> T:
        if key in self._answers:
            before, answer = self._answers[key]
            if before != request:
                raise Denied(f"The key {key} was used for another request")
            return cast(T, answer)
        answer = create()
        self._answers[key] = (request, answer)
        if call in self._lost:
            self._lost.discard(call)
            raise Lost(f"The answer of {call} was lost")
        return answer

    def _id(self, prefix: str) -> str:
        return f"{prefix}_memory{next(self._numbers)}"
