"""Stripe itself, or the practice Stripe where an address is given; the SDK's only user here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import stripe
from stripe import RequestOptions, StripeClient

from settlement.gateway import (
    POSTING,
    Denied,
    Failed,
    Gateway,
    GatewayError,
    Intent,
    IntentStatus,
    Lost,
    Refused,
    Request,
    SentTransfer,
)

# The SDK repeats a request with its own key when the connection broke or the key was held.
_NETWORK_RETRIES: Final = 2
_TIMEOUT_SECONDS: Final = 20
_PAGE: Final = 100
# A charge has one transfer per partner; far more would be somebody else's group.
_MAX_GROUP: Final = 10_000


class StripeGateway(Gateway):
    """The calls of `Gateway` on the Stripe SDK. `url`: "" for Stripe itself."""

    def __init__(self, api_key: str, url: str = "") -> None:
        self._client = StripeClient(
            api_key,
            base_addresses={"api": url} if url else {},
            max_network_retries=_NETWORK_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        )

    def create_customer(self, request: Request, key: str) -> str:
        with _translated():
            return self._client.v1.customers.create(cast(Any, request), _keyed(key)).id

    def attach_card(self, customer_id: str, card: str, key: str) -> str:
        with _translated():
            return self._client.v1.payment_methods.attach(
                card, {"customer": customer_id}, _keyed(key)
            ).id

    def create_account(self, request: Request, key: str) -> str:
        with _translated():
            return self._client.v1.accounts.create(cast(Any, request), _keyed(key)).id

    def create_intent(self, request: Request, key: str) -> Intent:
        with _translated():
            return _intent(self._client.v1.payment_intents.create(cast(Any, request), _keyed(key)))

    def retrieve_intent(self, intent_id: str) -> Intent:
        with _translated():
            return _intent(self._client.v1.payment_intents.retrieve(intent_id))

    def confirm_intent(self, intent_id: str, key: str) -> Intent:
        with _translated():
            try:
                return _intent(
                    self._client.v1.payment_intents.confirm(
                        intent_id, {"off_session": True}, _keyed(key)
                    )
                )
            except stripe.CardError as error:
                declined = _intent(self._client.v1.payment_intents.retrieve(intent_id))
                return Intent(declined.id, declined.status, declined.charge_id, _reason_of(error))

    def create_transfer(self, request: Request, key: str) -> SentTransfer:
        with _translated():
            return _transfer(self._client.v1.transfers.create(cast(Any, request), _keyed(key)))

    def transfers_of_group(self, transfer_group: str) -> list[SentTransfer]:
        with _translated():
            page = self._client.v1.transfers.list(
                {"transfer_group": transfer_group, "limit": _PAGE}
            )
            found = []
            for transfer in page.auto_paging_iter():
                found.append(_transfer(transfer))
                assert len(found) <= _MAX_GROUP, f"transfer_group {transfer_group} is not ours"
            return found


def _keyed(key: str) -> RequestOptions:
    return {"idempotency_key": key}


def _intent(intent: stripe.PaymentIntent) -> Intent:
    charge = intent.latest_charge
    charge_id = charge if isinstance(charge, str) else charge.id if charge else ""
    error = intent.last_payment_error
    decline = (error.decline_code or error.code or "") if error else ""
    return Intent(intent.id, cast(IntentStatus, intent.status), charge_id, decline)


def _transfer(transfer: stripe.Transfer) -> SentTransfer:
    destination = transfer.destination
    account = destination if isinstance(destination, str) else destination.id if destination else ""
    return SentTransfer(
        transfer.id, transfer.metadata.to_dict().get(POSTING, ""), transfer.amount, account
    )


def _reason_of(error: stripe.CardError) -> str:
    told = error.error
    return (told.decline_code or told.code if told else error.code) or "card_declined"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except stripe.APIConnectionError as error:
        raise Lost(f"Stripe gave no answer: {error.user_message}") from error
    except stripe.StripeError as error:
        raise _meaning(error) from error


def _meaning(error: stripe.StripeError) -> GatewayError:
    """A key in use arrives without a code of its own: the status tells (409), also of limits."""
    status = error.http_status or 0
    message = error.user_message or str(error)
    if status in (401, 403) or isinstance(error, stripe.IdempotencyError):
        return Denied(f"Stripe does not let us ask this: {message}")
    if status in (409, 429):
        return Lost(f"Stripe is still busy with this: {message}")
    if status >= 500 or not status:
        return Failed(f"Stripe failed: {message}")
    return Refused(error.code or "", message)
