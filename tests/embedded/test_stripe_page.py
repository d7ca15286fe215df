"""The page of the practice ledger."""

from pathlib import Path

import pytest
import stripe

from embedded.stripe.balance import practice_fee
from embedded.stripe.currencies import shown
from tests.embedded.practice_stripe import running


def test_page_lists_charges_and_transfers(tmp_path: Path) -> None:
    with running(tmp_path) as practice:
        assert "No charges yet" in practice.text("GET", "/")
        customer = practice.client.v1.customers.create({"name": "<b>Harbour</b> Bikes"})
        charge = practice.paid(123_456, customer=customer.id, transfer_group="close_1")
        with pytest.raises(stripe.CardError):
            practice.paid(500, card="pm_card_chargeDeclinedInsufficientFunds")
        transfer = practice.client.v1.transfers.create(
            {
                "amount": 100_000,
                "currency": "eur",
                "destination": practice.account().id,
                "source_transaction": charge.id,
            }
        )
        page = practice.text("GET", "/")
    for text in (
        "Practice money: no card is charged here",
        "&lt;b&gt;Harbour&lt;/b&gt; Bikes",
        "EUR 1,234.56",
        "EUR 1,000.00",
        # What is left: 1,234.56 less a fee of 36.10 and the transfer.
        "EUR 198.46",
        "! declined: insufficient funds",
        charge.id,
        transfer.id,
    ):
        assert text in page


def test_page_shows_the_latest_hundred_and_says_so(tmp_path: Path) -> None:
    with running(tmp_path) as practice:
        for _ in range(101):
            practice.paid(1_000)
        assert "The latest 100 of 101." in practice.text("GET", "/")


@pytest.mark.parametrize(
    ("amount", "fee"), [(50, 31), (100, 33), (1_000, 59), (15_638, 484), (30, 30), (17, 17)]
)
def test_practice_fee_is_2_9_percent_and_30(amount: int, fee: int) -> None:
    assert practice_fee(amount) == fee


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123_456, "eur", "EUR 1,234.56"),
        (-5, "eur", "EUR -0.05"),
        (1_234, "jpy", "JPY 1,234"),
        (0, "usd", "USD 0.00"),
    ],
)
def test_amounts_are_shown_with_their_currency(amount: int, currency: str, text: str) -> None:
    assert shown(amount, currency) == text
