"""The demo shop: a person can buy, and every page carries the tag."""

import re

import pytest
from starlette.testclient import TestClient

from embedded.shop.http import Tag, application


@pytest.fixture
def shop() -> TestClient:
    return TestClient(application(Tag("http://127.0.0.1:8001", "ck_test")))


@pytest.mark.parametrize("page", ["/", "/bikes/city-lark", "/cart", "/workshop", "/welcome", "/no"])
def test_every_page_carries_the_tag(shop: TestClient, page: str) -> None:
    tag = '<script defer src="http://127.0.0.1:8001/t.js" data-site="ck_test"></script>'
    assert tag in shop.get(page).text


def test_a_person_buys_and_the_thanks_page_tells_order_and_value(shop: TestClient) -> None:
    shop.post("/cart", data={"bike": "city-lark"})
    basket = shop.post("/cart", data={"bike": "night-heron"})
    assert "€ 2,148.00" in basket.text
    thanks = shop.post("/order")
    order = re.fullmatch(r"/thanks/(HB-[0-9A-F]{8})", thanks.url.path)
    assert order is not None
    told = f'{{"currency": "EUR", "order": "{order[1]}", "value_minor": 214800}}'
    assert f'counterfoil("event", "purchase", {told});' in thanks.text
    assert "Basket (0)" in shop.get("/").text


def test_an_empty_basket_cannot_be_ordered(shop: TestClient) -> None:
    assert shop.post("/order").url.path == "/cart"


def test_a_foreign_bike_is_not_put_in_the_basket(shop: TestClient) -> None:
    assert "Still empty" in shop.post("/cart", data={"bike": "<b>"}).text


@pytest.mark.parametrize("form", ["/test-ride", "/workshop"])
def test_a_booking_ends_on_the_page_that_counts(shop: TestClient, form: str) -> None:
    booked = shop.post(form, data={"name": "Ada"})
    assert booked.status_code == 200
    assert booked.url.path == f"{form}/booked"


def test_what_stands_in_an_address_is_escaped(shop: TestClient) -> None:
    page = shop.get("/thanks/%3Cscript%3E", params={"total_minor": "12x"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert '"order": "\\u003cscript\\u003e"' in page
