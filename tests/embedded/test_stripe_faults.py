"""Lost answers, conflicts and kills: what a client sees, and what the ledger holds."""

import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from embedded.stripe.database import ForeignFormat, open_database
from tests.embedded.practice_stripe import PracticeStripe, running

DAY_SECONDS = 24 * 3600


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


@pytest.fixture(autouse=True)
def _no_script(practice: PracticeStripe) -> None:
    practice.call("DELETE", "/_fake/faults")


def create(practice: PracticeStripe, email: str, retries: int = 0, **options: Any) -> Any:
    client = practice.client_with(retries=retries)
    given: Any = options
    return client.v1.customers.create({"email": email}, given)


def count(practice: PracticeStripe, email: str) -> int:
    return len(practice.client.v1.customers.list({"email": email}).data)


def test_request_dropped_before_did_nothing(practice: PracticeStripe) -> None:
    practice.script("drop_before", method="POST", path="/v1/customers")
    with pytest.raises(stripe.APIConnectionError):
        create(practice, "dropped@example.com", idempotency_key="dropped")
    assert count(practice, "dropped@example.com") == 0
    create(practice, "dropped@example.com", idempotency_key="dropped")
    assert count(practice, "dropped@example.com") == 1


def test_lost_answer_is_found_again_by_its_key(practice: PracticeStripe) -> None:
    practice.script("drop_after_commit", method="POST", path="/v1/customers")
    with pytest.raises(stripe.APIConnectionError):
        create(practice, "lost@example.com", idempotency_key="lost")
    (found,) = practice.client.v1.customers.list({"email": "lost@example.com"}).data
    assert create(practice, "lost@example.com", idempotency_key="lost").id == found.id


def test_sdk_that_may_retry_gets_through_lost_answers_and_conflicts(
    practice: PracticeStripe,
) -> None:
    practice.script("drop_after_commit", method="POST", path="/v1/customers")
    practice.script("conflict", method="POST", path="/v1/customers")
    create(practice, "retried@example.com", retries=3)
    assert practice.pending_faults() == 0
    assert count(practice, "retried@example.com") == 1


def test_failure_after_the_work_is_not_worth_a_retry(practice: PracticeStripe) -> None:
    practice.script("error_after_commit", method="POST", path="/v1/customers")
    with pytest.raises(stripe.APIError):
        create(practice, "failed@example.com", retries=3)
    assert count(practice, "failed@example.com") == 1


def test_lost_confirmation_is_found_by_retrieving(practice: PracticeStripe) -> None:
    intent = practice.client.v1.payment_intents.create(
        {"amount": 5_000, "currency": "eur", "payment_method": "pm_card_visa"}
    )
    practice.script("drop_after_commit", method="POST", path="/v1/payment_intents/*/confirm")
    with pytest.raises(stripe.APIConnectionError):
        practice.client.v1.payment_intents.confirm(intent.id)
    practice.advance(25 * 3600)
    assert practice.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        practice.client.v1.payment_intents.confirm(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    assert len(practice.client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_lost_transfer_repeated_a_day_later_is_sent_twice(practice: PracticeStripe) -> None:
    """Why a transfer is looked for before it is sent again: the key no longer protects it."""
    charge = practice.paid(10_000, transfer_group="a day later")
    params: Any = {
        "amount": 1_000,
        "currency": "eur",
        "destination": practice.account().id,
        "source_transaction": charge.id,
    }
    practice.script("drop_after_commit", method="POST", path="/v1/transfers")
    with pytest.raises(stripe.APIConnectionError):
        practice.client.v1.transfers.create(params, {"idempotency_key": "transfer"})
    practice.advance(DAY_SECONDS)
    practice.client.v1.transfers.create(params, {"idempotency_key": "transfer"})
    found = practice.client.v1.transfers.list({"transfer_group": "a day later"})
    assert len(found.data) == 2


def test_script_lets_requests_pass_and_meets_as_many_as_it_says(practice: PracticeStripe) -> None:
    practice.script("conflict", method="POST", path="/v1/customers", after=1, count=2)
    practice.client.v1.customers.list()
    outcomes = []
    for _ in range(4):
        try:
            create(practice, "counted@example.com")
            outcomes.append("created")
        except stripe.APIError:
            outcomes.append("conflict")
    assert outcomes == ["created", "conflict", "conflict", "created"]


def test_slow_answer_comes_after_the_client_gave_up(practice: PracticeStripe) -> None:
    practice.script("slow", method="POST", path="/v1/customers", seconds=1)
    hasty = stripe.StripeClient(
        "sk_test_practice",
        base_addresses={"api": practice.url},
        http_client=stripe.RequestsClient(timeout=0.2),
    )
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.customers.create({"email": "hasty@example.com"}, {"idempotency_key": "hasty"})
    found = create(practice, "hasty@example.com", retries=10, idempotency_key="hasty")
    assert found.email == "hasty@example.com"
    assert count(practice, "hasty@example.com") == 1


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "nonsense"},
        {"kind": "slow", "secnods": 3},
        {"kind": "slow", "seconds": -1},
        {"kind": "conflict", "count": 0},
    ],
)
def test_wrong_script_is_refused(practice: PracticeStripe, line: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        practice.call("POST", "/_fake/faults", line)
    assert caught.value.code == 400
    caught.value.close()
    assert practice.pending_faults() == 0


def test_clock_only_moves_forwards(practice: PracticeStripe) -> None:
    before = practice.now()
    with pytest.raises(urllib.error.HTTPError) as caught:
        practice.call("POST", "/_fake/clock", {"advance_seconds": -1})
    caught.value.close()
    assert before + 3600 <= practice.advance(3600) <= before + 3600 + 60
    assert practice.client.v1.customers.create().created >= before + 3600


def test_killed_ledger_keeps_all_that_it_answered(tmp_path: Path) -> None:
    with running(tmp_path) as practice:
        practice.advance(DAY_SECONDS)
        charge = practice.paid(10_000, transfer_group="kept")
        practice.script("drop_after_commit", method="POST", path="/v1/transfers")
        params: Any = {
            "amount": 8_750,
            "currency": "eur",
            "destination": practice.account().id,
            "source_transaction": charge.id,
        }
        with pytest.raises(stripe.APIConnectionError):
            practice.client.v1.transfers.create(params, {"idempotency_key": "kept"})
        events = [event.id for event in practice.client.v1.events.list({"limit": 100}).data]
        now = practice.now()
        practice.kill()

        practice.start()
        assert practice.now() >= now
        assert practice.client.v1.charges.retrieve(charge.id).to_dict() == charge.to_dict()
        transfer = practice.client.v1.transfers.create(params, {"idempotency_key": "kept"})
        found = practice.client.v1.transfers.list({"transfer_group": "kept"})
        assert [one.id for one in found.data] == [transfer.id]
        kept = practice.client.v1.events.list({"limit": 100})
        assert [event.id for event in kept.data] == events


def test_sigterm_is_a_clean_end(tmp_path: Path) -> None:
    with running(tmp_path) as practice:
        customer = practice.client.v1.customers.create()
        assert practice.stop() == 0
        practice.start()
        assert practice.client.v1.customers.retrieve(customer.id).id == customer.id


def test_ledger_of_another_version_is_left_alone(tmp_path: Path) -> None:
    open_database(tmp_path).execute("PRAGMA user_version = 99")
    with pytest.raises(ForeignFormat, match="has format 99"):
        open_database(tmp_path)
    with pytest.raises(AssertionError, match="exit code 1"):
        PracticeStripe(tmp_path).start()
