"""Every change tells of itself, in order, for 30 days."""

from collections.abc import Iterator

import pytest
import stripe

from tests.embedded.practice_stripe import PracticeStripe, running

DAY_SECONDS = 24 * 3600


@pytest.fixture
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


def test_each_change_is_an_event_in_order(practice: PracticeStripe) -> None:
    customer = practice.customer("pm_card_chargeDeclinedInsufficientFunds")
    assert customer.invoice_settings is not None
    intent = practice.client.v1.payment_intents.create(
        {
            "amount": 5_000,
            "currency": "eur",
            "customer": customer.id,
            "payment_method": str(customer.invoice_settings.default_payment_method),
            "transfer_group": "close_1",
        },
        {"idempotency_key": "create 1"},
    )
    with pytest.raises(stripe.CardError):
        practice.client.v1.payment_intents.confirm(intent.id, {"off_session": True})
    paid = practice.client.v1.payment_intents.confirm(
        intent.id, {"off_session": True, "payment_method": "pm_card_visa"}
    )
    practice.client.v1.transfers.create(
        {
            "amount": 4_000,
            "currency": "eur",
            "destination": practice.account().id,
            "source_transaction": str(paid.latest_charge),
        }
    )
    events = list(practice.client.v1.events.list({"limit": 3}).auto_paging_iter())[::-1]
    assert [event.type for event in events] == [
        "customer.created",
        "payment_method.attached",
        "customer.updated",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "account.updated",
        "transfer.created",
    ]
    updated, created = events[2], events[3]
    assert updated.data.previous_attributes is not None
    assert updated.data.previous_attributes["invoice_settings"]["default_payment_method"] is None
    assert created.data.object["status"] == "requires_confirmation"
    assert created.request is not None
    assert created.request.idempotency_key == "create 1"
    found = practice.client.v1.events.retrieve(created.id)
    assert found.to_dict() == created.to_dict()

    declines = practice.client.v1.events.list({"type": "charge.*"})
    assert [event.type for event in declines.data] == ["charge.succeeded", "charge.failed"]
    two = practice.client.v1.events.list({"types": ["transfer.created", "charge.failed"]})
    assert [event.type for event in two.data] == ["transfer.created", "charge.failed"]
    with pytest.raises(stripe.InvalidRequestError, match="one of these"):
        practice.client.v1.events.list({"type": "charge.failed", "types": ["charge.failed"]})


def test_refused_request_makes_no_event(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        practice.client.v1.payment_intents.create(
            {"amount": 1, "currency": "eur", "payment_method": "pm_card_visa"}
        )
    assert practice.client.v1.events.list().data == []


def test_events_are_listed_for_30_days_and_by_time(practice: PracticeStripe) -> None:
    practice.client.v1.customers.create({"name": "old"})
    practice.advance(29 * DAY_SECONDS)
    practice.client.v1.customers.create({"name": "new"})
    (new, old) = practice.client.v1.events.list().data
    later = practice.client.v1.events.list({"created": {"gt": old.created}})
    assert [event.id for event in later.data] == [new.id]
    practice.advance(2 * DAY_SECONDS)
    assert [event.id for event in practice.client.v1.events.list().data] == [new.id]
