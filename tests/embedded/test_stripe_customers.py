"""Customers and their payment methods, through the real SDK."""

from collections.abc import Iterator

import pytest
import stripe

from tests.embedded.practice_stripe import PracticeStripe, running


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


def test_customer_is_found_again_as_it_was_created(practice: PracticeStripe) -> None:
    created = practice.client.v1.customers.create(
        {
            "name": "Harbour Bikes",
            "email": "money@harbourbikes.example",
            "address": {"line1": "Quay 1", "city": "Kiel", "country": "DE"},
            "metadata": {"account": "adv_1"},
        }
    )
    found = practice.client.v1.customers.retrieve(created.id)
    assert found.to_dict() == created.to_dict()
    assert found.address is not None
    assert found.address.city == "Kiel"
    assert found.metadata is not None
    assert found.metadata.to_dict() == {"account": "adv_1"}


def test_update_changes_what_it_names_and_empty_values_take_away(
    practice: PracticeStripe,
) -> None:
    created = practice.client.v1.customers.create(
        {"name": "Old", "description": "kept", "metadata": {"a": "1", "b": "2"}}
    )
    updated = practice.client.v1.customers.update(
        created.id, {"name": "", "metadata": {"a": "", "c": "3"}}
    )
    assert updated.name is None
    assert updated.description == "kept"
    assert updated.metadata is not None
    assert updated.metadata.to_dict() == {"b": "2", "c": "3"}


def test_list_runs_from_the_newest_and_pages_on(practice: PracticeStripe) -> None:
    email = "pages@example.com"
    created = [practice.client.v1.customers.create({"email": email}).id for _ in range(5)]
    first = practice.client.v1.customers.list({"email": email, "limit": 2})
    assert [customer.id for customer in first.data] == created[:2:-1]
    assert first.has_more
    assert [customer.id for customer in first.auto_paging_iter()] == created[::-1]
    before = practice.client.v1.customers.list(
        {"email": email, "limit": 2, "ending_before": created[0]}
    )
    assert [customer.id for customer in before.data] == [created[2], created[1]]
    assert before.has_more


def test_unknown_customer_is_missing(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_none'") as caught:
        practice.client.v1.customers.retrieve("cus_none")
    assert caught.value.http_status == 404
    assert caught.value.code == "resource_missing"


def test_attaching_a_test_card_makes_a_method_of_its_own(practice: PracticeStripe) -> None:
    customer = practice.client.v1.customers.create()
    first = practice.client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    second = practice.client.v1.payment_methods.attach(
        "pm_card_mastercard", {"customer": customer.id}
    )
    assert first.id.startswith("pm_")
    assert first.id != "pm_card_visa"
    assert first.card is not None
    assert (first.card.brand, first.card.last4) == ("visa", "4242")
    attached = practice.client.v1.customers.payment_methods.list(customer.id)
    assert [method.id for method in attached.data] == [second.id, first.id]
    cards = practice.client.v1.payment_methods.list({"customer": customer.id, "type": "card"})
    assert [method.id for method in cards.data] == [second.id, first.id]


def test_card_of_a_token_can_be_attached(practice: PracticeStripe) -> None:
    method = practice.client.v1.payment_methods.create(
        {"type": "card", "card": {"token": "tok_visa"}}
    )
    assert method.customer is None
    customer = practice.client.v1.customers.create({"payment_method": method.id})
    found = practice.client.v1.payment_methods.retrieve(method.id)
    assert found.customer == customer.id


def test_unknown_test_card_is_refused(practice: PracticeStripe) -> None:
    customer = practice.client.v1.customers.create()
    with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod"):
        practice.client.v1.payment_methods.attach("pm_card_vissa", {"customer": customer.id})


def test_method_of_one_customer_is_not_attached_to_another(practice: PracticeStripe) -> None:
    owner, other = practice.customer(), practice.client.v1.customers.create()
    assert owner.invoice_settings is not None
    method = owner.invoice_settings.default_payment_method
    assert isinstance(method, str)
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        practice.client.v1.payment_methods.attach(method, {"customer": other.id})


def test_default_method_must_be_attached(practice: PracticeStripe) -> None:
    stranger = practice.client.v1.payment_methods.create(
        {"type": "card", "card": {"token": "tok_visa"}}
    )
    customer = practice.client.v1.customers.create()
    with pytest.raises(stripe.InvalidRequestError, match="must be attached") as caught:
        practice.client.v1.customers.update(
            customer.id, {"invoice_settings": {"default_payment_method": stranger.id}}
        )
    assert caught.value.param == "invoice_settings[default_payment_method]"


def test_detached_method_is_no_default_and_cannot_be_used_again(practice: PracticeStripe) -> None:
    customer = practice.customer()
    assert customer.invoice_settings is not None
    method = customer.invoice_settings.default_payment_method
    assert isinstance(method, str)
    practice.client.v1.payment_methods.detach(method)
    found = practice.client.v1.customers.retrieve(customer.id)
    assert found.invoice_settings is not None
    assert found.invoice_settings.default_payment_method is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        practice.client.v1.payment_methods.attach(method, {"customer": customer.id})


def test_expanded_ids_become_objects(practice: PracticeStripe) -> None:
    customer = practice.customer()
    found = practice.client.v1.customers.retrieve(
        customer.id, {"expand": ["invoice_settings.default_payment_method"]}
    )
    assert found.invoice_settings is not None
    assert isinstance(found.invoice_settings.default_payment_method, stripe.PaymentMethod)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        practice.client.v1.customers.retrieve(customer.id, {"expand": ["nonsense"]})
