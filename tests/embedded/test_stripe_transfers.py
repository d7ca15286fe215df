"""Accounts, transfers and the balance, through the real SDK."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.embedded.practice_stripe import PracticeStripe, running

DAY_SECONDS = 24 * 3600


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeStripe]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started


def balances(practice: PracticeStripe, currency: str) -> tuple[int, int]:
    """Available and pending minor units."""
    balance = practice.client.v1.balance.retrieve()
    available = {part.currency: part.amount for part in balance.available}
    pending = {part.currency: part.amount for part in balance.pending}
    return available.get(currency, 0), pending.get(currency, 0)


def test_transfers_split_a_charge_before_its_funds_are_available(practice: PracticeStripe) -> None:
    account, other = practice.account(), practice.account()
    charge = practice.paid(10_000, currency="chf", transfer_group="close_1")
    first = practice.client.v1.transfers.create(
        {
            "amount": 6_000,
            "currency": "chf",
            "destination": account.id,
            "source_transaction": charge.id,
            "metadata": {"posting": "p1"},
        }
    )
    second = practice.client.v1.transfers.create(
        {
            "amount": 2_750,
            "currency": "chf",
            "destination": other.id,
            "source_transaction": charge.id,
            "transfer_group": "close_1",
        }
    )
    assert (first.transfer_group, second.transfer_group) == ("close_1", "close_1")
    assert first.source_transaction == charge.id
    found = practice.client.v1.transfers.retrieve(first.id)
    assert found.to_dict() == first.to_dict()
    assert found.metadata.to_dict() == {"posting": "p1"}
    listed = practice.client.v1.transfers.list({"transfer_group": "close_1"})
    assert [transfer.id for transfer in listed.data] == [second.id, first.id]
    mine = practice.client.v1.transfers.list({"destination": account.id})
    assert [transfer.id for transfer in mine.data] == [first.id]

    # 10,000 less the fee of 320 and both transfers, two days away.
    assert balances(practice, "chf") == (0, 930)
    practice.advance(2 * DAY_SECONDS)
    assert balances(practice, "chf") == (930, 0)


def test_transfers_never_exceed_their_charge(practice: PracticeStripe) -> None:
    account = practice.account()
    charge = practice.paid(10_000)

    def send(amount: int) -> stripe.Transfer:
        return practice.client.v1.transfers.create(
            {
                "amount": amount,
                "currency": "eur",
                "destination": account.id,
                "source_transaction": charge.id,
            }
        )

    with pytest.raises(stripe.InvalidRequestError, match="above what is left"):
        send(10_001)
    send(6_000)
    with pytest.raises(stripe.InvalidRequestError, match="above what is left"):
        send(4_001)
    assert send(4_000).amount == 4_000


def test_transfer_without_a_charge_needs_available_funds(practice: PracticeStripe) -> None:
    account = practice.account()
    practice.paid(10_000, currency="gbp")

    def send(amount: int) -> stripe.Transfer:
        return practice.client.v1.transfers.create(
            {"amount": amount, "currency": "gbp", "destination": account.id}
        )

    with pytest.raises(stripe.InvalidRequestError) as caught:
        send(1)
    assert caught.value.code == "balance_insufficient"
    practice.paid(5_000, currency="gbp", card="pm_card_bypassPending")
    with pytest.raises(stripe.InvalidRequestError, match="insufficient available funds"):
        send(4_826)
    # 5,000 less 2.9 % and 30.
    assert send(4_825).amount == 4_825
    assert balances(practice, "gbp")[0] == 0


def test_charge_without_a_group_shares_one_with_its_transfers(practice: PracticeStripe) -> None:
    account = practice.account()
    charge = practice.paid(10_000)
    transfer = practice.client.v1.transfers.create(
        {
            "amount": 100,
            "currency": "eur",
            "destination": account.id,
            "source_transaction": charge.id,
        }
    )
    assert transfer.transfer_group == f"group_{charge.payment_intent}"
    assert practice.client.v1.charges.retrieve(charge.id).transfer_group == transfer.transfer_group


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"currency": "usd"}, "must be the same as the transfer currency"),
        ({"destination": "acct_none"}, "No such destination: 'acct_none'"),
        ({"source_transaction": "ch_none"}, "No such source_transaction: 'ch_none'"),
        ({"transfer_group": "another"}, "has the transfer_group close_1"),
        ({"amount": 0}, "greater than or equal to 1"),
    ],
)
def test_transfer_that_does_not_fit_its_charge_is_refused(
    practice: PracticeStripe, change: dict[str, Any], message: str
) -> None:
    charge = practice.paid(10_000, transfer_group="close_1")
    params: Any = {
        "amount": 100,
        "currency": "eur",
        "destination": practice.account().id,
        "source_transaction": charge.id,
        **change,
    }
    with pytest.raises(stripe.InvalidRequestError, match=message):
        practice.client.v1.transfers.create(params)


def test_nothing_is_transferred_from_a_failed_charge(practice: PracticeStripe) -> None:
    with pytest.raises(stripe.CardError):
        practice.paid(card="pm_card_chargeDeclined")
    (failed,) = practice.client.v1.charges.list({"limit": 1}).data
    with pytest.raises(stripe.InvalidRequestError, match="did not succeed"):
        practice.client.v1.transfers.create(
            {
                "amount": 100,
                "currency": "eur",
                "destination": practice.account().id,
                "source_transaction": failed.id,
            }
        )


def test_account_is_ready_at_once_for_what_it_asks(practice: PracticeStripe) -> None:
    account = practice.account()
    found = practice.client.v1.accounts.retrieve(account.id)
    assert found.capabilities is not None
    assert found.capabilities.transfers == "active"
    assert found.payouts_enabled
    assert found.details_submitted
    assert found.requirements is not None
    assert found.requirements.currently_due == []


def test_account_that_did_not_ask_for_transfers_gets_none(practice: PracticeStripe) -> None:
    account = practice.client.v1.accounts.create({"type": "express"})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        practice.client.v1.transfers.create(
            {"amount": 100, "currency": "eur", "destination": account.id}
        )
    assert caught.value.code == "insufficient_capabilities_for_transfer"
    updated = practice.client.v1.accounts.update(
        account.id, {"capabilities": {"transfers": {"requested": True}}, "metadata": {"a": "b"}}
    )
    assert updated.capabilities is not None
    assert updated.capabilities.transfers == "active"


def test_each_movement_is_a_balance_transaction(practice: PracticeStripe) -> None:
    charge = practice.paid(10_000)
    transfer = practice.client.v1.transfers.create(
        {
            "amount": 8_750,
            "currency": "eur",
            "destination": practice.account().id,
            "source_transaction": charge.id,
        }
    )
    api = practice.client.v1.balance_transactions
    (taken,) = api.list({"source": transfer.id}).data
    assert taken.id == transfer.balance_transaction
    assert (taken.type, taken.amount, taken.fee, taken.net) == ("transfer", -8_750, 0, -8_750)
    assert taken.status == "pending"
    (collected,) = api.list({"source": charge.id, "type": "charge"}).data
    assert collected.net == 10_000 - 320
    expanded = practice.client.v1.charges.retrieve(charge.id, {"expand": ["balance_transaction"]})
    assert isinstance(expanded.balance_transaction, stripe.BalanceTransaction)
    assert expanded.balance_transaction.fee == 320


def test_balance_is_the_sum_of_its_transactions(practice: PracticeStripe) -> None:
    account = practice.account()
    for amount in (500, 10_000, 99_999):
        charge = practice.paid(amount, currency="sek")
        practice.client.v1.transfers.create(
            {
                "amount": amount * 875 // 1000,
                "currency": "sek",
                "destination": account.id,
                "source_transaction": charge.id,
            }
        )
    api = practice.client.v1.balance_transactions
    total = sum(
        movement.net
        for movement in api.list({"limit": 2}).auto_paging_iter()
        if movement.currency == "sek"
    )
    assert sum(balances(practice, "sek")) == total
