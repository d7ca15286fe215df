"""What a charge takes, and when it waits."""

from settlement.charges import Owed, Part, outcome, summed
from settlement.floors import floor_minor


def test_a_charge_is_its_partners_parts_and_the_fee() -> None:
    sums = summed(
        [
            Owed("statement-b", "slow", 3164, 422, 20),
            Owed("statement-a", "gravel", 7350, 1050, 10),
            Owed("statement-b", "gravel", 1050, 150, 30),
        ]
    )
    assert sums.parts == (Part("gravel", 8400, 30), Part("slow", 3164, 20))
    assert sums.fee_minor == 1622
    assert sums.amount_minor == 8400 + 3164 + 1622
    assert sums.statement_ids == ("statement-a", "statement-b")


def test_a_sum_under_the_floor_is_carried() -> None:
    assert outcome(499, 500, is_open=False, has_card=True) == "carry"
    assert outcome(500, 500, is_open=False, has_card=True) == "charge"


def test_one_charge_is_open_at_a_time() -> None:
    assert outcome(500, 500, is_open=True, has_card=True) == "open"


def test_without_a_card_the_sum_waits() -> None:
    assert outcome(500, 500, is_open=False, has_card=False) == "no_card"


def test_the_floor_is_five_units_and_at_the_months_end_what_stripe_asks() -> None:
    assert floor_minor("EUR", month_ends=False) == 500
    assert floor_minor("EUR", month_ends=True) == 50
    assert floor_minor("GBP", month_ends=True) == 30


def test_the_floor_is_never_below_what_stripe_asks() -> None:
    assert floor_minor("JPY", month_ends=False) == 50
    assert floor_minor("HUF", month_ends=False) == 17_500
