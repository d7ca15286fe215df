"""What a close takes, in which lines, and what it refuses to bill."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partnerships.money import Amounts, FeeGroup, amounts
from settlement.closing import PurseClose, close_purse
from settlement.decisions import Decision, PurseId
from settlement.lines import Line, digest_of
from settlement.purses import Verified
from tests.settlement.builders import DAY, StageB, decision

PURSE = PurseId("gravel-sale", "2026-11")
NEXT = DAY + timedelta(days=1)


def line_of(**changes: Any) -> Line:
    """One sale at 12.00 of the first purse."""
    values: dict[str, Any] = {
        "agreement_id": "gravel-sale",
        "partner_id": "gravel",
        "month": "2026-11",
        "group": FeeGroup(1250, 0),
        "currency": "EUR",
        "own_day": DAY,
        "conversions": 1,
        "before": Amounts(0, 0, 0, 0),
        "after": amounts(1200, FeeGroup(1250, 0)),
        "hold_days": 0,
        "budget_minor": 150_000,
        "digest": digest_of([]),
    }
    return Line(**{**values, **changes})


def close(
    decisions: Sequence[Decision],
    day: date = DAY,
    after: PurseClose | None = None,
    **billed: int,
) -> PurseClose:
    """Close a day; `after`: the close before it."""
    verified = after.verified if after else Verified()
    gross = {FeeGroup(1250, 0): billed.get("gross_minor", 0)}
    wanted = [each for each in decisions if each.day == day or each.sequence > verified.sequence]
    return close_purse(day, PURSE, verified, gross, wanted)


def counts(closed: PurseClose) -> dict[str, int]:
    """Decisions taken, by disposition."""
    counted: dict[str, int] = {}
    for tally, number in closed.tallies.items():
        counted[tally.disposition] = counted.get(tally.disposition, 0) + number
    return counted


def test_the_close_of_a_day_bills_its_conversions_in_one_line() -> None:
    stage = StageB()
    stage.many(3)
    closed = close([decision(each) for each in stage.conversions])
    ((line, conversion_ids),) = closed.billed
    assert line.added == amounts(3600, FeeGroup(1250, 0))
    assert conversion_ids == tuple(c.candidate.conversion_id for c in stage.conversions)
    assert line.digest == digest_of(conversion_ids)
    assert counts(closed) == {"billable": 3}
    assert closed.verified.sequence == 3
    assert closed.broken is None


def test_later_days_are_verified_and_wait() -> None:
    stage = StageB()
    stage.decide(DAY)
    stage.decide(NEXT)
    decisions = [decision(each) for each in stage.conversions]
    first = close(decisions)
    assert counts(first) == {"billable": 1}
    assert first.verified.sequence == 2
    second = close(decisions, NEXT, after=first, gross_minor=1200)
    ((line, _),) = second.billed
    assert line.before == amounts(1200, FeeGroup(1250, 0))
    assert line.after == amounts(2400, FeeGroup(1250, 0))


def test_a_result_of_a_closed_day_is_a_late_line_of_the_next_close() -> None:
    stage = StageB()
    stage.decide(DAY)
    first = close([decision(each) for each in stage.conversions])
    stage.decide(NEXT)
    stage.decide(DAY)
    second = close([decision(each) for each in stage.conversions], NEXT, after=first)
    assert [billed.line.own_day for billed in second.billed] == [DAY, NEXT]
    assert [billed.line.conversions for billed in second.billed] == [1, 1]


def test_what_a_close_took_no_later_close_takes_again() -> None:
    stage = StageB()
    stage.many(2)
    decisions = [decision(each) for each in stage.conversions]
    first = close(decisions)
    assert close(decisions, NEXT, after=first).billed == ()
    assert counts(close(decisions, NEXT, after=first)) == {}


def test_refusals_are_counted_and_not_billed() -> None:
    stage = StageB()
    stage.decide()
    stage.decide(refusal="self_click")
    stage.decide(once_key=stage.conversions[0].candidate.once_key)
    stage.decide(price_minor=200_000)
    closed = close([decision(each) for each in stage.conversions])
    assert counts(closed) == {"billable": 1, "self_click": 1, "duplicate": 1, "over_budget": 1}
    assert len(closed.billed) == 1
    assert closed.broken is None


def test_a_gap_leaves_the_purse_unbilled_from_there_on() -> None:
    stage = StageB()
    stage.many(4)
    decisions = [decision(each) for each in stage.conversions]
    closed = close([decisions[0], decisions[2], decisions[3]])
    assert closed.verified.sequence == 1
    assert closed.broken is not None
    assert closed.broken.sequence == 2
    assert counts(closed) == {"billable": 1}


def test_each_stamp_is_compared() -> None:
    stage = StageB()
    stage.many(2)
    first, second = (decision(each) for each in stage.conversions)
    for wrong in (
        {"before_minor": 1},
        {"after_minor": 2399},
        {"price_minor": 1201},
        {"disposition": "over_budget", "after_minor": 1200},
        {"disposition": "unheard_of"},
        {"currency": "USD"},
        {"budget_version": 0},
        {"budget_minor": 2399},
        {"candidate_budget_version": 2},
        {"sequence": 3},
    ):
        closed = close([first, second._replace(**wrong)])
        assert closed.broken is not None, wrong
        assert closed.verified.sequence == 1, wrong
        assert counts(closed) == {"billable": 1}, wrong


def test_a_purse_that_broke_is_billed_late_once_it_can_be_followed() -> None:
    stage = StageB()
    stage.many(3)
    decisions = [decision(each) for each in stage.conversions]
    broken = close([decisions[0], decisions[2]])
    mended = close(decisions, NEXT, after=broken, gross_minor=1200)
    ((line, _),) = mended.billed
    assert (line.own_day, line.conversions) == (DAY, 2)
    assert line.after == amounts(3600, FeeGroup(1250, 0))


def test_terms_that_change_inside_a_month_make_two_lines() -> None:
    stage = StageB()
    stage.decide()
    stage.decide(price_minor=1000, payer_share_bps=5000)
    closed = close([decision(each) for each in stage.conversions])
    assert [billed.line.group for billed in closed.billed] == [
        FeeGroup(1250, 0),
        FeeGroup(1250, 5000),
    ]


def test_a_line_is_chargeable_only_if_each_result_was_admitted_inside_its_budget() -> None:
    stage = StageB()
    stage.many(3, NEXT)
    decisions = [decision(each) for each in stage.conversions]
    first = close(decisions)
    tampered = [*decisions[:2], decisions[2]._replace(budget_minor=3599)]
    ((line, conversion_ids),) = close(tampered, NEXT, after=first).billed
    assert not line.chargeable
    assert len(conversion_ids) == 3
    assert line.added == Amounts(0, 0, 0, 0)


def test_a_budget_raised_elsewhere_is_taken_from_the_stamp() -> None:
    stage = StageB()
    stage.decide(price_minor=150_000)
    stage.decide(date(2026, 12, 1), budget_version=2, budget_minor=200_000)
    stage.decide(price_minor=50_000)
    november = [decision(each) for each in stage.conversions if each.candidate.month == "2026-11"]
    assert [each.budget_minor for each in november] == [150_000, 200_000]
    closed = close(november)
    assert closed.broken is None
    assert counts(closed) == {"billable": 2}
    assert closed.billed[0].line.budget_minor == 200_000


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3000)), max_size=60))
def test_however_days_are_closed_a_month_comes_to_the_same(
    results: list[tuple[int, int]],
) -> None:
    """Days 0 to 5 close in order; each result arrives when its own or a later day is open."""
    stage = StageB()
    group = FeeGroup(1250, 5000)
    gross, closed, billed = 0, None, Amounts(0, 0, 0, 0)
    taken: list[str] = []
    for day_number in range(6):
        day = date(2026, 11, 1) + timedelta(days=day_number)
        for own, price in results[day_number::6]:
            own_day = date(2026, 11, 1) + timedelta(days=own)
            stage.decide(own_day, price_minor=price, payer_share_bps=5000, budget_minor=40_000)
        verified = closed.verified if closed else Verified()
        decisions = [
            decision(each)
            for each in stage.conversions
            if each.candidate.day == day.isoformat() or each.sequence > verified.sequence
        ]
        closed = close_purse(day, PURSE, verified, {group: gross}, decisions)
        for line, conversion_ids in closed.billed:
            gross += line.added.gross_minor
            billed = Amounts(*map(sum, zip(billed, line.added, strict=True)))
            taken += conversion_ids
    assert closed is not None
    assert closed.broken is None
    billable = [c for c in stage.conversions if c.disposition == "billable"]
    assert sorted(taken) == sorted(c.candidate.conversion_id for c in billable)
    assert billed == amounts(sum(c.candidate.price_minor for c in billable), group)
    assert billed.debit_minor <= 40_000
