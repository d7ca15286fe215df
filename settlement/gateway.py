"""What settlement asks of Stripe, and the three ways in which an answer may be missing.

GatewayError
├── Refused    the request was refused and changed nothing
└── Unknown    it may have been carried out: look before asking again
    ├── Lost       no answer came; the same key may be sent again
    └── Failed     the answer was an error of the server; its key is spent
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Request = Mapping[str, object]
"""A request body, as it is stored before it is sent and as it is sent."""

IntentStatus = Literal[
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "canceled",
    "succeeded",
]

POSTING: str = "counterfoil_posting"
"""Metadata key of a transfer: the id of our posting, by which it is found again."""


class GatewayError(Exception):
    """Stripe did not do what was asked, as far as we know."""


class Denied(GatewayError):
    """Stripe does not take our key, or a key of a request was used for another request."""


class Refused(GatewayError):
    """The request was refused and has changed nothing; `code` is Stripe's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"Stripe refused this ({code or 'no code'}): {message}")
        self.code = code


class Unknown(GatewayError):
    """Whether the request was carried out is not known."""


class Lost(Unknown):
    """No answer came, or another request holds the key."""


class Failed(Unknown):
    """The server answered with an error of its own; the key would only repeat it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A PaymentIntent: `charge_id` once it was tried, `decline` the bank's reason or ""."""

    id: str
    status: IntentStatus
    charge_id: str = ""
    decline: str = ""


@dataclass(frozen=True, slots=True)
class SentTransfer:
    """A transfer as Stripe has it; `posting_id` is ours, from its metadata."""

    id: str
    posting_id: str
    amount_minor: int
    destination: str


class Gateway(Protocol):
    """Stripe, as far as it is used. Every call may raise a GatewayError.

    `key`: an idempotency key; the same key with the same request is carried out once in 24 hours.
    """

    def create_customer(self, request: Request, key: str) -> str:
        """A new customer's id."""

    def attach_card(self, customer_id: str, card: str, key: str) -> str:
        """The id of the customer's payment method made from a card such as `pm_card_visa`."""

    def create_account(self, request: Request, key: str) -> str:
        """The id of a new account that takes transfers."""

    def create_intent(self, request: Request, key: str) -> Intent:
        """A new PaymentIntent, not confirmed."""

    def retrieve_intent(self, intent_id: str) -> Intent:
        """The PaymentIntent as it is now."""

    def confirm_intent(self, intent_id: str, key: str) -> Intent:
        """The PaymentIntent after its card was tried; a decline is an answer, no error."""

    def create_transfer(self, request: Request, key: str) -> SentTransfer:
        """A new transfer."""

    def transfers_of_group(self, transfer_group: str) -> list[SentTransfer]:
        """All transfers of one `transfer_group`."""
