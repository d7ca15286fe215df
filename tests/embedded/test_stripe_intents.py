"""Payment intents as a state machine and the charges that they leave, through the real SDK."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.embedded.practice_stripe import PracticeStripe, running


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


def unconfirmed(practice: PracticeStripe, card: str = "pm_card_visa", **more: Any) -> Any:
    """An intent on a saved card, created and not confirmed."""
    customer = practice.customer(card)
    assert customer.invoice_settings is not None
    params: Any = {
        "amount": 15_638,
        "currency": "eur",
        "customer": customer.id,
        "payment_method": str(customer.invoice_settings.default_payment_method),
        **more,
    }
    return practice.client.v1.payment_intents.create(params)


def error_of(error: stripe.StripeError) -> dict[str, Any]:
    assert isinstance(error.json_body, dict)
    inner: dict[str, Any] = error.json_body["error"]
    return inner


def test_created_intent_takes_no_money(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice)
    assert intent.status == "requires_confirmation"
    assert intent.latest_charge is None
    charges = practice.client.v1.charges.list({"payment_intent": intent.id})
    assert charges.data == []


def test_confirmed_intent_charges_once(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice, transfer_group="close_1", metadata={"posting": "p1"})
    paid = practice.client.v1.payment_intents.confirm(intent.id, {"off_session": True})
    assert (paid.status, paid.amount_received) == ("succeeded", 15_638)
    assert paid.last_payment_error is None
    (charge,) = practice.client.v1.charges.list({"payment_intent": intent.id}).data
    assert charge.id == paid.latest_charge
    assert (charge.status, charge.paid, charge.amount) == ("succeeded", True, 15_638)
    assert charge.transfer_group == "close_1"
    assert charge.metadata.to_dict() == {"posting": "p1"}
    assert charge.customer == intent.customer
    again = practice.client.v1.payment_intents.retrieve(intent.id)
    assert again.to_dict() == paid.to_dict()


def test_charge_costs_the_practice_fee(practice: PracticeStripe) -> None:
    charge = practice.paid(15_638)
    assert isinstance(charge.balance_transaction, str)
    cost = practice.client.v1.balance_transactions.retrieve(charge.balance_transaction)
    # 2.9 % of 15,638 is 453.502, and 30.
    assert (cost.amount, cost.fee, cost.net) == (15_638, 484, 15_154)
    assert (cost.type, cost.source) == ("charge", charge.id)


def test_confirming_a_succeeded_intent_is_an_unexpected_state(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice)
    practice.client.v1.payment_intents.confirm(intent.id, {"off_session": True})
    with pytest.raises(stripe.InvalidRequestError, match="already succeeded") as caught:
        practice.client.v1.payment_intents.confirm(intent.id, {"off_session": True})
    assert caught.value.code == "payment_intent_unexpected_state"
    assert error_of(caught.value)["payment_intent"]["status"] == "succeeded"
    assert len(practice.client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_cancelled_intent_is_never_confirmed(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice)
    cancelled = practice.client.v1.payment_intents.cancel(
        intent.id, {"cancellation_reason": "abandoned"}
    )
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled") as caught:
        practice.client.v1.payment_intents.confirm(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"


def test_succeeded_intent_is_never_cancelled(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice)
    practice.client.v1.payment_intents.confirm(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded") as caught:
        practice.client.v1.payment_intents.cancel(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedFraudulent", "card_declined", "fraudulent"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_authenticationRequired", "authentication_required", "authentication_required"),
    ],
)
def test_declined_card_leaves_a_failed_charge(
    practice: PracticeStripe, card: str, code: str, decline_code: str
) -> None:
    intent = unconfirmed(practice, card)
    with pytest.raises(stripe.CardError) as caught:
        practice.client.v1.payment_intents.confirm(intent.id, {"off_session": True})
    error = error_of(caught.value)
    assert (caught.value.http_status, caught.value.code) == (402, code)
    assert (error["type"], error["decline_code"]) == ("card_error", decline_code)
    assert error["payment_intent"]["id"] == intent.id

    charge = practice.client.v1.charges.retrieve(error["charge"])
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)
    assert charge.balance_transaction is None
    failed = practice.client.v1.payment_intents.retrieve(intent.id)
    assert (failed.status, failed.payment_method) == ("requires_payment_method", None)
    assert failed.latest_charge == charge.id
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.decline_code == decline_code


def test_declined_intent_succeeds_with_another_card(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice, "pm_card_chargeDeclinedInsufficientFunds")
    with pytest.raises(stripe.CardError):
        practice.client.v1.payment_intents.confirm(intent.id, {"off_session": True})
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method") as caught:
        practice.client.v1.payment_intents.confirm(intent.id, {"off_session": True})
    assert caught.value.code == "payment_intent_unexpected_state"
    paid = practice.client.v1.payment_intents.confirm(
        intent.id, {"off_session": True, "payment_method": "pm_card_visa"}
    )
    assert paid.status == "succeeded"
    charges = practice.client.v1.charges.list({"payment_intent": intent.id})
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


def test_authentication_is_asked_for_when_the_holder_is_there(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice, "pm_card_authenticationRequired")
    asking = practice.client.v1.payment_intents.confirm(intent.id)
    assert asking.status == "requires_action"
    assert asking.next_action is not None
    assert practice.client.v1.payment_intents.cancel(intent.id).status == "canceled"


@pytest.mark.parametrize(
    ("amount", "currency"), [(49, "usd"), (29, "gbp"), (249, "dkk"), (49, "jpy"), (49, "krw")]
)
def test_amount_below_the_floor_is_too_small(
    practice: PracticeStripe, amount: int, currency: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        practice.client.v1.payment_intents.create({"amount": amount, "currency": currency})
    assert (caught.value.http_status, caught.value.code) == (400, "amount_too_small")
    intent = practice.client.v1.payment_intents.create({"amount": amount + 1, "currency": currency})
    assert intent.status == "requires_payment_method"


def test_unknown_currency_is_refused(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid currency: kwd"):
        practice.client.v1.payment_intents.create({"amount": 1000, "currency": "kwd"})


def test_method_of_another_customer_cannot_pay(practice: PracticeStripe) -> None:
    owner, other = practice.customer(), practice.client.v1.customers.create()
    assert owner.invoice_settings is not None
    with pytest.raises(stripe.InvalidRequestError, match="must be attached to the customer"):
        practice.client.v1.payment_intents.create(
            {
                "amount": 1000,
                "currency": "eur",
                "customer": other.id,
                "payment_method": str(owner.invoice_settings.default_payment_method),
            }
        )


def test_off_session_belongs_to_a_confirmation(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="off_session"):
        practice.client.v1.payment_intents.create(
            {"amount": 1000, "currency": "eur", "off_session": True}
        )


def test_declined_creation_keeps_its_intent(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.CardError) as caught:
        practice.paid(card="pm_card_chargeDeclined", off_session=True)
    kept = practice.client.v1.payment_intents.retrieve(
        error_of(caught.value)["payment_intent"]["id"]
    )
    assert kept.status == "requires_payment_method"


def test_lists_filter_by_customer_group_and_time(practice: PracticeStripe) -> None:
    intent = unconfirmed(practice, transfer_group="filters")
    practice.client.v1.payment_intents.confirm(intent.id)
    intents = practice.client.v1.payment_intents.list({"customer": intent.customer})
    assert [found.id for found in intents.data] == [intent.id]
    by_group = practice.client.v1.charges.list({"transfer_group": "filters"})
    by_customer = practice.client.v1.charges.list({"customer": intent.customer})
    assert [charge.id for charge in by_group.data] == [charge.id for charge in by_customer.data]
    assert len(by_group.data) == 1
    later = practice.client.v1.charges.list(
        {"transfer_group": "filters", "created": {"gt": by_group.data[0].created}}
    )
    assert later.data == []
