"""A plan's hash names exactly what will be done."""

from dataclasses import replace

from settlement.charges import Part
from settlement.plans import (
    Counted,
    Head,
    Plan,
    PlannedCharge,
    PlannedClose,
    decoded,
    encoded,
    hash_of,
)
from tests.settlement.builders import DAY, ZONE
from tests.settlement.test_closing import line_of

CLOSE = PlannedClose(
    advertiser_id="bikes",
    day=DAY,
    zone=ZONE,
    heads=(Head(agreement_id="gravel-sale", month="2026-11", sequence=3),),
    lines=(line_of(),),
    counted=(Counted(disposition="billable", conversions=1),),
    unverified=(),
)
CHARGE = PlannedCharge(
    advertiser_id="bikes",
    currency="EUR",
    number=1,
    outcome="charge",
    amount_minor=1200,
    fee_minor=150,
    statement_ids=("statement-1",),
    parts=(Part("gravel", 1050, 7),),
)
PLAN = Plan(closes=(CLOSE,), charges=(CHARGE,))


def test_a_plan_is_read_back_as_it_was_written() -> None:
    assert decoded(encoded(PLAN)) == PLAN


def test_the_hash_is_the_same_for_the_same_plan() -> None:
    assert hash_of(PLAN) == hash_of(decoded(encoded(PLAN)))


def test_every_part_of_a_plan_changes_its_hash() -> None:
    others = [
        replace(PLAN, closes=()),
        replace(PLAN, charges=(replace(CHARGE, amount_minor=1201),)),
        replace(PLAN, charges=(replace(CHARGE, outcome="carry"),)),
        replace(PLAN, closes=(replace(CLOSE, lines=(line_of(digest="other"),)),)),
        replace(PLAN, closes=(replace(CLOSE, heads=()),)),
    ]
    assert len({hash_of(PLAN), *map(hash_of, others)}) == len(others) + 1


def test_a_plan_that_only_carries_is_empty() -> None:
    assert replace(PLAN, closes=(), charges=(replace(CHARGE, outcome="carry"),)).is_empty
    assert not PLAN.is_empty
