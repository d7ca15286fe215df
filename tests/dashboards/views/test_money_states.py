"""The states of money: statements, charges, and what a partner earned."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashboards.views.billing import State, billing, state_of
from dashboards.views.earnings import Books, Charged, earnings
from dashboards.views.parties import Parties
from partnerships.money import Amounts, FeeGroup
from settlement.statements import ChargeOf, Statement, StatementLine, TransferTo
from tests.dashboards.example import GRAVEL, ZONE, plain, sheet
from tests.dashboards.views.counted import decided, results

PARTIES = Parties("earning", [sheet(GRAVEL)])
LINE_AMOUNTS = Amounts(8_400, 1_050, 1_050, 0)


def statement(**fields: Any) -> Statement:
    defaults: dict[str, Any] = {
        "statement_id": "s1",
        "advertiser_id": "harbour-bikes",
        "day": date(2026, 11, 11),
        "currency": "EUR",
        "dispositions": {"billable": 7, "bot": 2},
        "amounts": LINE_AMOUNTS,
        "charge_id": "c1",
        "charge_state": "succeeded",
    }
    return Statement(**{**defaults, **fields})


def line(**fields: Any) -> StatementLine:
    defaults: dict[str, Any] = {
        "line_id": "l1",
        "statement_id": "s1",
        "advertiser_id": "harbour-bikes",
        "partner_id": GRAVEL.partner_id,
        "agreement_id": GRAVEL.agreement_id,
        "month": "2026-11",
        "day": date(2026, 11, 11),
        "own_day": date(2026, 11, 11),
        "late": False,
        "group": FeeGroup(1250, 0),
        "currency": "EUR",
        "conversions": 7,
        "before": Amounts(0, 0, 0, 0),
        "after": LINE_AMOUNTS,
        "added": LINE_AMOUNTS,
        "chargeable": True,
        "digest": "4b1f90c9",
    }
    return StatementLine(**{**defaults, **fields})


def transfer(**fields: Any) -> TransferTo:
    defaults: dict[str, Any] = {
        "transfer_id": "t1",
        "charge_id": "c1",
        "partner_id": GRAVEL.partner_id,
        "currency": "EUR",
        "amount_minor": 7_350,
        "state": "held",
        "reason": "hold",
        "releases_at": datetime(2026, 11, 18, 23, tzinfo=UTC),
        "stripe_transfer_id": "",
        "sent_at": None,
    }
    return TransferTo(**{**defaults, **fields})


def charge(**fields: Any) -> ChargeOf:
    defaults: dict[str, Any] = {
        "charge_id": "c1",
        "advertiser_id": "harbour-bikes",
        "currency": "EUR",
        "number": 1,
        "amount_minor": 15_638,
        "state": "succeeded",
        "reason": "",
        "intent_id": "pi_1",
        "stripe_charge_id": "ch_1",
        "prepared_at": datetime(2026, 11, 12, 1, 14, tzinfo=UTC),
        "settled_at": datetime(2026, 11, 12, 1, 14, tzinfo=UTC),
    }
    return ChargeOf(**{**defaults, **fields})


def test_the_next_charge_is_what_is_open_and_what_is_carried() -> None:
    carried = statement(charge_id="", charge_state="", amounts=Amounts(320, 40, 40, 0))
    shown = billing(8_675, [carried, statement()], [charge()], "EUR", ZONE)
    assert plain(shown.next_charge) == "EUR 89.95"
    assert (plain(shown.open), plain(shown.carried)) == ("EUR 86.75", "EUR 3.20")
    assert [row.state.word for row in shown.statements] == ["Waits for the next charge", "Charged"]
    assert shown.charges[0].when == "Thu 12 Nov 2026, 02:14 CET"


@pytest.mark.parametrize(
    ("charge_state", "state"),
    [
        ("", State("Waits for the next charge", "wait")),
        ("cancelled", State("Waits for the next charge", "wait")),
        ("created", State("Being charged", "wait")),
        ("declined", State("Declined", "bad")),
        ("succeeded", State("Charged", "good")),
    ],
)
def test_states_of_a_statement(charge_state: str, state: State) -> None:
    assert state_of(charge_state) == state


@pytest.mark.parametrize(
    ("charged", "sent", "word", "cause"),
    [
        (Charged("c1", "succeeded"), transfer(), "Held", "hold, until Thu 19 Nov"),
        (
            Charged("c1", "succeeded"),
            transfer(state="payable", reason="under_minimum"),
            "Held",
            "under your least transfer, grows until then",
        ),
        (
            Charged("c1", "succeeded"),
            transfer(state="payable", reason="no_account"),
            "Held",
            "add your bank details",
        ),
        (
            Charged("c1", "succeeded"),
            transfer(state="sent", sent_at=datetime(2026, 11, 19, 1, tzinfo=UTC)),
            "Paid",
            "on Thu 19 Nov",
        ),
        (Charged("", ""), None, "Pending", "waits for the next charge"),
        (Charged("c1", "processing"), None, "Pending", "being charged"),
        (Charged("c1", "declined"), None, "Payment late", "waiting for the advertiser's bank"),
    ],
)
def test_a_row_names_its_state_and_whose_move_it_is(
    charged: Charged, sent: TransferTo | None, word: str, cause: str
) -> None:
    books = Books([line()], {"s1": charged}, [sent] if sent else [])
    found = earnings("2026-11", results(decided(billable=7)), books, PARTIES, ZONE)
    (row,) = found.rows
    assert (row.state.word, row.cause) == (word, cause)


def test_pending_held_and_paid_add_up_to_what_was_earned() -> None:
    books = Books([line()], {"s1": Charged("c1", "succeeded")}, [transfer()])
    found = earnings("2026-11", results(decided(billable=12)), books, PARTIES, ZONE)
    sums = found.sums
    assert (sums.earned, sums.pending, sums.held) == (
        {"EUR": 12_600},
        {"EUR": 5_250},
        {"EUR": 7_350},
    )
    assert plain(sums.next_transfer) == "Next transfer: Thu 19 Nov, EUR 73.50"
    assert [plain(row.money) for row in found.rows] == ["EUR 52.50", "EUR 73.50"]
    assert [plain(text) for text in found.formulas] == [
        "Harbour Bikes: 12 \u00d7 12.00 = 144.00 \u2212 fee 18.00 = EUR 126.00"
    ]


def test_a_late_line_says_which_day_it_is_of() -> None:
    late = line(late=True, own_day=date(2026, 11, 9), chargeable=False)
    books = Books([late], {}, [])
    (row,) = earnings("2026-11", results(decided(billable=7)), books, PARTIES, ZONE).rows
    assert row.cause.endswith("late, of Mon 9 Nov, unbilled until explained")
