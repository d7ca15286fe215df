"""Both gateways behave alike: the one in memory, and the SDK on the practice Stripe over HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from settlement.gateway import POSTING, Denied, Failed, Gateway, Lost, Refused, Request
from settlement.memory_gateway import MemoryGateway
from settlement.stripe_gateway import StripeGateway
from tests.embedded.practice_stripe import PracticeStripe, running

# What the SDK tries in all before it gives up on a connection.
SDK_TRIES = 3


@dataclass
class Subject:
    """A gateway, how its next answer to a call is made to be lost, and what is this test's own."""

    gateway: Gateway
    lose: Callable[[str, str], None]
    name: str

    def key(self, name: str) -> str:
        """An idempotency key that no other test has."""
        return f"{self.name}/{name}"

    @property
    def group(self) -> str:
        """A transfer group that no other test has."""
        return f"group-{self.name}"

    def intent(self, card: str = "pm_card_visa", amount: int = 1200, **more: Any) -> Request:
        """A charge's request for a new customer with this card."""
        customer = self.gateway.create_customer(
            {"name": "Bikes"}, self.key(f"customer/{card}/{amount}")
        )
        method = self.gateway.attach_card(customer, card, self.key(f"attach/{card}/{amount}"))
        return {
            "amount": amount,
            "currency": "eur",
            "customer": customer,
            "payment_method": method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "transfer_group": self.group,
            **more,
        }

    def paid(self) -> str:
        """Stripe's id of a collected charge of 12.00."""
        intent = self.gateway.create_intent(self.intent(), self.key("create"))
        return self.gateway.confirm_intent(intent.id, self.key("confirm")).charge_id

    def transfer(self, source: str, posting_id: str, amount: int = 1000) -> Request:
        """A transfer's request to a new account."""
        account = self.gateway.create_account(
            {
                "type": "custom",
                "country": "DE",
                "capabilities": {"transfers": {"requested": True}},
            },
            self.key(f"account/{posting_id}"),
        )
        return {
            "amount": amount,
            "currency": "eur",
            "destination": account,
            "source_transaction": source,
            "transfer_group": self.group,
            "metadata": {POSTING: posting_id},
        }


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


@pytest.fixture(params=["memory", "stripe"])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "memory":
        memory = MemoryGateway()
        return Subject(memory, lambda call, _: memory.lose_next(call), request.node.name)
    practice: PracticeStripe = request.getfixturevalue("practice")
    return on(practice, request.node.name)


def on(practice: PracticeStripe, name: str) -> Subject:
    """The SDK on the practice Stripe."""

    def lose(_: str, path: str) -> None:
        practice.script("drop_after_commit", method="POST", path=path, count=SDK_TRIES)

    return Subject(StripeGateway("sk_test_practice", practice.url), lose, name)


def test_the_same_key_is_carried_out_once(subject: Subject) -> None:
    request = subject.intent()
    first = subject.gateway.create_intent(request, subject.key("create"))
    assert subject.gateway.create_intent(request, subject.key("create")) == first
    assert subject.gateway.create_intent(request, subject.key("another")).id != first.id


def test_a_key_is_not_taken_for_another_request(subject: Subject) -> None:
    subject.gateway.create_intent(subject.intent(), subject.key("create"))
    with pytest.raises(Denied):
        subject.gateway.create_intent(subject.intent(amount=1300), subject.key("create"))


def test_an_intent_collects_only_when_it_is_confirmed(subject: Subject) -> None:
    intent = subject.gateway.create_intent(subject.intent(), subject.key("create"))
    assert (intent.status, intent.charge_id) == ("requires_confirmation", "")
    confirmed = subject.gateway.confirm_intent(intent.id, subject.key("confirm"))
    assert confirmed.status == "succeeded"
    assert confirmed.charge_id
    assert subject.gateway.retrieve_intent(intent.id) == confirmed


def test_a_collected_intent_refuses_to_be_confirmed_again(subject: Subject) -> None:
    intent = subject.gateway.create_intent(subject.intent(), subject.key("create"))
    subject.gateway.confirm_intent(intent.id, subject.key("confirm"))
    with pytest.raises(Refused) as refused:
        subject.gateway.confirm_intent(intent.id, subject.key("confirm again"))
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_decline_is_an_answer_with_its_reason(subject: Subject) -> None:
    request = subject.intent("pm_card_chargeCustomerFail")
    intent = subject.gateway.create_intent(request, subject.key("create"))
    declined = subject.gateway.confirm_intent(intent.id, subject.key("confirm"))
    assert (declined.status, declined.decline) == ("requires_payment_method", "generic_decline")
    assert subject.gateway.retrieve_intent(intent.id) == declined


def test_a_sum_below_stripes_minimum_is_refused(subject: Subject) -> None:
    with pytest.raises(Refused) as refused:
        subject.gateway.create_intent(subject.intent(amount=49), subject.key("create"))
    assert refused.value.code == "amount_too_small"


def test_an_unknown_intent_is_refused(subject: Subject) -> None:
    with pytest.raises(Refused) as refused:
        subject.gateway.retrieve_intent("pi_nothing")
    assert refused.value.code == "resource_missing"


def test_a_transfer_is_found_by_its_group_and_posting(subject: Subject) -> None:
    source = subject.paid()
    sent = subject.gateway.create_transfer(
        subject.transfer(source, "posting-1", 700), subject.key("one")
    )
    other = subject.gateway.create_transfer(
        subject.transfer(source, "posting-2", 300), subject.key("two")
    )
    found = subject.gateway.transfers_of_group(subject.group)
    assert sorted(found, key=lambda each: each.posting_id) == [sent, other]
    assert (sent.posting_id, sent.amount_minor) == ("posting-1", 700)
    assert subject.gateway.transfers_of_group(subject.group + "-other") == []


def test_a_lost_answer_leaves_the_charge_collected(subject: Subject) -> None:
    intent = subject.gateway.create_intent(subject.intent(), subject.key("create"))
    subject.lose("confirm_intent", f"/v1/payment_intents/{intent.id}/confirm")
    with pytest.raises(Lost):
        subject.gateway.confirm_intent(intent.id, subject.key("confirm"))
    assert subject.gateway.retrieve_intent(intent.id).status == "succeeded"


def test_a_lost_transfer_is_found_and_its_key_sends_it_no_second_time(subject: Subject) -> None:
    request = subject.transfer(subject.paid(), "posting-1")
    subject.lose("create_transfer", "/v1/transfers")
    with pytest.raises(Lost):
        subject.gateway.create_transfer(request, subject.key("one"))
    again = subject.gateway.create_transfer(request, subject.key("one"))
    assert subject.gateway.transfers_of_group(subject.group) == [again]


def test_stripes_own_error_is_not_taken_for_a_refusal(practice: PracticeStripe) -> None:
    subject = on(practice, "own-error")
    intent = subject.gateway.create_intent(subject.intent(), subject.key("create"))
    practice.script("error_after_commit", method="POST", path="*/confirm")
    with pytest.raises(Failed):
        subject.gateway.confirm_intent(intent.id, subject.key("confirm"))


def test_a_key_that_is_held_is_an_unknown_outcome(practice: PracticeStripe) -> None:
    gateway = StripeGateway("sk_test_practice", practice.url)
    practice.script("conflict", method="POST", path="/v1/customers", count=SDK_TRIES)
    with pytest.raises(Lost):
        gateway.create_customer({"name": "Bikes"}, "held")


def test_a_wrong_api_key_is_told_from_a_refusal(practice: PracticeStripe) -> None:
    with pytest.raises(Denied):
        StripeGateway("sk_live_wrong", practice.url).create_customer({"name": "Bikes"}, "wrong")


def test_a_stripe_that_is_away_is_an_unknown_outcome() -> None:
    with pytest.raises(Lost):
        StripeGateway("sk_test_practice", "http://127.0.0.1:9").retrieve_intent("pi_1")
