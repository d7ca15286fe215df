"""One idempotency key executes once within 24 hours, through the real SDK."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.embedded.practice_stripe import PATIENCE_SECONDS, PracticeStripe, running

DAY_SECONDS = 24 * 3600


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


def key(name: str) -> Any:
    return {"idempotency_key": name}


def test_repeated_request_is_answered_from_memory(practice: PracticeStripe) -> None:
    create = practice.client.v1.customers.create
    first = create({"email": "twice@example.com", "metadata": {"a": "1", "b": "2"}}, key("twice"))
    again = create({"metadata": {"b": "2", "a": "1"}, "email": "twice@example.com"}, key("twice"))
    assert again.to_dict() == first.to_dict()
    assert first.last_response is not None
    assert again.last_response is not None
    assert again.last_response.headers is not None
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert again.last_response.headers["original-request"] == first.last_response.request_id
    assert len(practice.client.v1.customers.list({"email": "twice@example.com"}).data) == 1


def test_key_with_another_body_is_an_error(practice: PracticeStripe) -> None:
    practice.client.v1.customers.create({"name": "one"}, key("other body"))
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        practice.client.v1.customers.create({"name": "two"}, key("other body"))
    assert caught.value.http_status == 400


def test_key_at_another_address_is_an_error(practice: PracticeStripe) -> None:
    customer = practice.client.v1.customers.create({"name": "one"}, key("other address"))
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        practice.client.v1.customers.update(customer.id, {"name": "one"}, key("other address"))


def test_key_is_forgotten_after_24_hours(practice: PracticeStripe) -> None:
    create = practice.client.v1.customers.create
    first = create({"name": "day"}, key("a day"))
    practice.advance(DAY_SECONDS - 60)
    assert create({"name": "day"}, key("a day")).id == first.id
    practice.advance(60)
    assert create({"name": "day"}, key("a day")).id != first.id


def test_repeated_decline_is_the_same_decline(practice: PracticeStripe) -> None:
    intent = practice.client.v1.payment_intents.create(
        {"amount": 5_000, "currency": "eur", "payment_method": "pm_card_chargeDeclined"}
    )
    charges = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            practice.client.v1.payment_intents.confirm(intent.id, options=key("declined"))
        assert isinstance(caught.value.json_body, dict)
        charges.append(caught.value.json_body["error"]["charge"])
    assert charges[0] == charges[1]
    assert len(practice.client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_saved_failure_is_replayed_though_the_work_was_done(practice: PracticeStripe) -> None:
    practice.script("error_after_commit", method="POST", path="/v1/customers")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            practice.client.v1.customers.create({"email": "500@example.com"}, key("saved 500"))
        assert caught.value.http_status == 500
    assert len(practice.client.v1.customers.list({"email": "500@example.com"}).data) == 1


def test_key_in_flight_is_a_conflict(practice: PracticeStripe) -> None:
    practice.script("slow", method="POST", path="/v1/customers", seconds=2)
    answers: list[stripe.Customer] = []

    def create() -> None:
        client = practice.client_with()
        answers.append(client.v1.customers.create({"email": "slow@example.com"}, key("slow")))

    first = threading.Thread(target=create)
    first.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while practice.pending_faults() and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(stripe.APIError) as caught:
        practice.client.v1.customers.create({"email": "slow@example.com"}, key("slow"))
    first.join(PATIENCE_SECONDS)

    # The SDK gives a conflict no code of its own: only the status tells.
    assert (caught.value.http_status, caught.value.code) == (409, None)
    again = practice.client.v1.customers.create({"email": "slow@example.com"}, key("slow"))
    assert [again.id] == [answer.id for answer in answers]


def test_keys_have_up_to_255_characters(practice: PracticeStripe) -> None:
    assert practice.client.v1.customers.create({}, key("k" * 255)).id
    with pytest.raises(stripe.InvalidRequestError, match="255 characters"):
        practice.client.v1.customers.create({}, key("k" * 256))


def test_reading_is_never_answered_from_memory(practice: PracticeStripe) -> None:
    customer = practice.client.v1.customers.create({"name": "before"})
    retrieve = practice.client.v1.customers.retrieve
    assert getattr(retrieve(customer.id, options=key("read")), "name", None) == "before"
    practice.client.v1.customers.update(customer.id, {"name": "after"})
    assert getattr(retrieve(customer.id, options=key("read")), "name", None) == "after"
