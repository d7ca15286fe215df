"""Parameters are what the SDK's own types say; anything else is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from embedded.stripe.endpoints import ENDPOINTS
from embedded.stripe.errors import Refusal
from embedded.stripe.parameters import check, decode, known_names
from tests.embedded.practice_stripe import PracticeStripe, running


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


def create_intent(practice: PracticeStripe, params: Any) -> Any:
    return practice.client.v1.payment_intents.create(params)


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 100, "curency": "eur"}, "parameter_unknown", "curency"),
        (
            {"amount": 100, "currency": "eur", "payment_method_types": ["card"]},
            "parameter_unknown",
            "payment_method_types",
        ),
        (
            {"amount": 100, "currency": "eur", "automatic_payment_methods": {"enabeld": True}},
            "parameter_unknown",
            "automatic_payment_methods[enabeld]",
        ),
        ({"amount": 100}, "parameter_missing", "currency"),
        ({"amount": "ten", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": "", "currency": "eur"}, "parameter_invalid_empty", "amount"),
        (
            {"amount": 100, "currency": "eur", "confirm": "yes"},
            "parameter_invalid_boolean",
            "confirm",
        ),
        (
            {"amount": 100, "currency": "eur", "capture_method": "manual"},
            "practice_parameter_not_modelled",
            "capture_method",
        ),
    ],
)
def test_parameter_that_does_not_fit_is_refused(
    practice: PracticeStripe, params: Any, code: str, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        create_intent(practice, params)
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, code, param)


def test_misspelt_parameter_is_told_the_right_one(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Did you mean currency"):
        create_intent(practice, {"amount": 100, "curency": "eur"})


def test_options_of_the_sdk_are_no_parameters(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        create_intent(practice, {"amount": 100, "currency": "eur", "idempotency_key": "k"})
    assert caught.value.code == "parameter_unknown"


def test_refused_parameter_does_not_use_up_its_key(practice: PracticeStripe) -> None:
    options: Any = {"idempotency_key": "misspelt"}
    misspelt: Any = {"nmae": "x"}
    with pytest.raises(stripe.InvalidRequestError):
        practice.client.v1.customers.create(misspelt, options)
    assert practice.client.v1.customers.create({"name": "x"}, options).name == "x"


def test_unknown_address_is_refused(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as caught:
        practice.client.v1.products.list()
    assert caught.value.http_status == 404


@pytest.mark.parametrize("key", ["sk_live_abc", "nonsense"])
def test_only_test_keys_are_taken(practice: PracticeStripe, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError):
        practice.client_with(key=key).v1.balance.retrieve()


def test_connected_accounts_are_not_impersonated(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.PermissionError):
        practice.client.v1.balance.retrieve(options={"stripe_account": "acct_1"})


def test_answers_carry_request_ids(practice: PracticeStripe) -> None:
    created = practice.client.v1.customers.create()
    assert created.last_response is not None
    assert str(created.last_response.request_id).startswith("req_")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        practice.client.v1.customers.retrieve("cus_none")
    assert caught.value.request_id is not None
    assert caught.value.request_id.startswith("req_")


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({str(number): "x" for number in range(51)}, "up to 50 keys"),
        ({"k" * 41: "x"}, "up to 40 characters"),
        ({"k": "x" * 501}, "up to 500 characters"),
    ],
)
def test_metadata_has_limits(
    practice: PracticeStripe, metadata: dict[str, str], message: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message):
        practice.client.v1.customers.create({"metadata": metadata})


@pytest.mark.parametrize("limit", [0, 101])
def test_list_limit_is_one_to_a_hundred(practice: PracticeStripe, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        practice.client.v1.charges.list({"limit": limit})


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda found: f"{found.method} {found.path}")
def test_endpoint_acts_only_on_names_of_the_sdk(endpoint: Any) -> None:
    for name in endpoint.acts_on:
        first, _, rest = name.partition(".")
        assert first in known_names(endpoint.parameters)
        if rest:
            assert rest in known_names(known_names(endpoint.parameters)[first])


def test_form_is_decoded_into_what_was_sent() -> None:
    assert decode([("a", "1"), ("b[c][0]", "2"), ("b[c][1]", "3"), ("d[]", "4"), ("d[]", "5")]) == {
        "a": "1",
        "b": {"c": {"0": "2", "1": "3"}},
        "d": {"0": "4", "1": "5"},
    }
    with pytest.raises(Refusal):
        decode([("a", "1"), ("a[b]", "2")])


def test_values_get_the_types_of_the_sdk() -> None:
    form = decode(
        [
            ("created[gte]", "5"),
            ("types[0]", "charge.*"),
            ("limit", "3"),
            ("delivery_success", "true"),
        ]
    )
    assert check(stripe.params.EventListParams, form) == {
        "created": {"gte": 5},
        "types": ["charge.*"],
        "limit": 3,
        "delivery_success": True,
    }
    assert check(stripe.params.EventListParams, {"created": "5"}) == {"created": 5}
