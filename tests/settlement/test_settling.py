"""From decided conversions to charge and transfers, to the cent, and again without effect."""

from datetime import date, timedelta

import pytest

from settlement.schedule import Asked
from settlement.settling import PlanOutOfDate, PlanUnknown
from settlement.watermark import WatermarkBehind
from tests.settlement.builders import DAY
from tests.settlement.world import World

NEXT = DAY + timedelta(days=1)


def transferred(world: World) -> dict[str, int]:
    """What Stripe sent, by partner; minor units."""
    sums: dict[str, int] = {}
    for partner in world.profiles.known:
        for transfer in world.statements.transfers(partner):
            if transfer.state == "sent":
                sums[partner] = sums.get(partner, 0) + transfer.amount_minor
    return sums


def charged(world: World) -> list[tuple[int, str]]:
    """The charges of bikes, oldest first."""
    return [(c.amount_minor, c.state) for c in reversed(world.statements.charges("bikes"))]


def test_the_day_of_the_example_month_comes_to_156_38(world: World) -> None:
    stage, first = world.stage, date(2026, 11, 1)
    for number, day in ((54, first), (7, DAY)):
        stage.many(number, day, agreement_id="gravel-sale")
    for number, day in ((83, first), (9, DAY)):
        stage.many(number, day, agreement_id="slow-lead", price_minor=375, payer_share_bps=5000)
    for number, day in ((37, first), (3, DAY)):
        stage.many(
            number, day, agreement_id="city-appointment", price_minor=900, payer_share_bps=10_000
        )
    for number, day in ((352, first), (41, DAY)):
        stage.many(number, day, agreement_id="forum-click", price_minor=15)
    world.load()
    world.apply(DAY - timedelta(days=1))
    world.apply(DAY)
    statement, *_ = world.statements.of_advertiser("bikes")
    lines = {
        line.agreement_id: line.added for line in world.statements.lines(statement.statement_id)
    }
    assert {agreement: added.debit_minor for agreement, added in lines.items()} == {
        "gravel-sale": 8400,
        "slow-lead": 3586,
        "city-appointment": 3037,
        "forum-click": 615,
    }
    assert charged(world)[-1] == (15_638, "succeeded")
    last = world.statements.charges("bikes")[0]
    assert {
        transfer.partner_id: transfer.amount_minor
        for transfer in world.statements.transfers_of_charge(last.charge_id)
    } == {"gravel": 7350, "slow": 3164, "city": 2700, "forum": 538}
    assert sum(added.fee_minor for added in lines.values()) == 1886
    world.check()


def test_applying_again_changes_nothing(world: World) -> None:
    world.stage.many(3)
    world.load()
    world.apply()
    before = (world.books.balances(), world.memory.balance_minor, len(world.memory.intents))
    again = world.apply()
    assert again.plan_hash == ""
    assert (world.books.balances(), world.memory.balance_minor, len(world.memory.intents)) == before
    world.check()


def test_what_is_collected_is_transferred_or_fee(world: World) -> None:
    world.stage.many(3)
    world.stage.many(5, agreement_id="slow-lead", price_minor=375, payer_share_bps=5000)
    world.load()
    world.apply()
    fees = next(b for b in world.books.balances("platform") if b.kind == "platform_fee")
    (total, state), *_ = charged(world)
    assert state == "succeeded"
    assert total == sum(transferred(world).values()) - fees.minor
    assert world.memory.balance_minor == -fees.minor
    world.check()


def test_yen_have_no_decimals(world: World) -> None:
    world.stage.many(7, price_minor=333, currency="JPY", payer_share_bps=5000)
    world.load()
    world.apply()
    # 2331 yen: fee 291.375 → 291, the partner's part 145, the payer's 146.
    assert charged(world) == [(2331 + 146, "succeeded")]
    assert transferred(world) == {"gravel": 2331 - 145}
    world.check()


def test_prices_of_one_cent_lose_no_cent_over_days(world: World) -> None:
    for offset in range(5):
        world.stage.many(100 + offset, DAY + timedelta(days=offset), price_minor=1)
    world.load()
    for offset in range(5):
        world.apply(DAY + timedelta(days=offset))
        world.later(days=1)
    # 510 cents: fee 63.75 → 64, and the five daily fees sum to it.
    fees = [line.added.fee_minor for line in world.statements.of_partner("gravel")]
    assert sum(fees) == 64
    assert len(fees) == 5
    assert sum(amount for amount, _ in charged(world)) == 510
    world.check()


def test_a_sum_under_the_floor_rides_with_the_next_charge(world: World) -> None:
    world.stage.decide(price_minor=320)
    world.stage.decide(NEXT, price_minor=320)
    world.load()
    world.apply(DAY)
    assert charged(world) == []
    world.later(days=1)
    world.apply(NEXT)
    assert charged(world) == [(640, "succeeded")]
    world.check()


def test_at_the_months_end_a_smaller_sum_is_charged(world: World) -> None:
    last = date(2026, 11, 30)
    world.stage.decide(last, price_minor=320)
    world.later(days=30)
    world.load()
    world.apply(last)
    assert charged(world) == [(320, "succeeded")]
    world.check()


def test_a_declined_charge_stays_open_and_later_days_add_to_the_debt(world: World) -> None:
    world.profiles.add("bikes", card="pm_card_chargeCustomerFail")
    world.stage.many(2)
    world.stage.many(3, NEXT)
    world.load()
    world.apply(DAY)
    assert charged(world) == [(2400, "declined")]
    world.later(days=1)
    settled = world.apply(NEXT)
    assert [charge.outcome for charge in settled.planned.plan.charges] == ["open"]
    assert charged(world) == [(2400, "declined")]
    assert world.memory.balance_minor == 0
    assert transferred(world) == {}
    world.check()


def test_without_a_card_days_close_and_the_debt_waits(world: World) -> None:
    world.profiles.add("bikes")
    world.stage.many(2)
    world.load()
    world.apply()
    assert charged(world) == []
    assert [day.state for day in world.statements.days("bikes")] == ["stated"]
    world.profiles.add("bikes", card="pm_card_visa")
    world.apply()
    assert charged(world) == [(2400, "succeeded")]
    world.check()


def test_a_transfer_waits_for_its_hold(world: World) -> None:
    world.stage.many(2, hold_days=7)
    world.load()
    world.apply()
    assert [t.state for t in world.statements.transfers("gravel")] == ["held"]
    world.check()
    world.later(days=6)
    world.settling().resume()
    assert transferred(world) == {}
    world.later(days=1)
    world.settling().resume()
    assert transferred(world) == {"gravel": 2100}
    world.check()


def test_a_transfer_waits_until_the_partner_reaches_the_minimum(world: World) -> None:
    world.profiles.minimum_minor = 2500
    world.stage.many(2)
    world.stage.many(2, NEXT)
    world.load()
    world.apply(DAY)
    (waiting,) = world.statements.transfers("gravel")
    assert (waiting.state, waiting.reason) == ("payable", "under_minimum")
    world.later(days=1)
    world.apply(NEXT)
    assert transferred(world) == {"gravel": 4200}
    world.check()


def test_a_partner_without_an_account_keeps_a_balance(world: World) -> None:
    world.profiles.add("gravel")
    world.stage.many(2)
    world.load()
    world.apply()
    (waiting,) = world.statements.transfers("gravel")
    assert (waiting.state, waiting.reason) == ("payable", "no_account")
    world.check()
    world.profiles.add("gravel", takes_transfers=True)
    world.settling().resume()
    assert transferred(world) == {"gravel": 2100}
    world.check()


def test_late_results_are_a_line_of_the_next_close(world: World) -> None:
    world.stage.many(2)
    world.load()
    world.apply(DAY)
    world.later(days=1)
    world.stage.decide(DAY, received_at=int(world.now.timestamp() * 1000) - 1000)
    world.load()
    world.apply(NEXT)
    late, first = world.statements.lines_of_agreement("gravel-sale")
    assert (late.day, late.own_day, late.late) == (NEXT, DAY, True)
    assert (first.day, first.own_day, first.late) == (DAY, DAY, False)
    assert charged(world) == [(2400, "succeeded"), (1200, "succeeded")]
    world.check()


def test_a_gap_in_a_purse_bills_nothing_after_it_and_is_found(world: World) -> None:
    world.stage.many(4)
    world.stage.many(2, agreement_id="slow-lead")
    world.load(
        [
            c
            for c in world.stage.conversions
            if c.sequence != 2 or c.candidate.partner_id != "gravel"
        ]
    )
    world.apply()
    (finding,) = world.books.findings()
    assert finding.kind == "unverified_purse"
    assert finding.subject_id == "gravel-sale/2026-11"
    assert "sequence 3 follows 1" in finding.reason
    assert [line.conversions for line in world.statements.lines_of_agreement("gravel-sale")] == [1]
    assert [line.conversions for line in world.statements.lines_of_agreement("slow-lead")] == [2]
    wrong = [each.name for each in world.books.check() if not each.holds]
    assert wrong == ["nothing_found"]


def test_a_line_outside_its_budget_is_never_charged_and_is_found(world: World) -> None:
    world.stage.many(2)
    world.stage.many(2, NEXT, received_at=int(world.now.timestamp() * 1000) - 1000)
    world.load()
    world.apply(DAY)
    # Verified with the close of the first day, and changed in the warehouse before the second.
    world.store.execute(
        "INSERT INTO conversions SELECT * REPLACE (4799 AS budget_minor, 2 AS version)"
        " FROM conversions FINAL WHERE sequence = 4"
    )
    world.later(days=1)
    world.apply(NEXT)
    (finding,) = world.books.findings("bikes")
    assert finding.kind == "unchargeable_line"
    assert charged(world) == [(2400, "succeeded")]
    assert [line.chargeable for line in world.statements.lines_of_agreement("gravel-sale")] == [
        False,
        True,
    ]
    assert [each.name for each in world.books.check() if not each.holds] == ["nothing_found"]


def test_what_is_received_after_the_watermark_waits(world: World) -> None:
    world.stage.decide()
    world.stage.decide(received_at=int(world.now.timestamp() * 1000))
    world.load()
    world.apply()
    (line,) = world.statements.lines_of_agreement("gravel-sale")
    assert line.conversions == 1


def test_a_day_that_is_not_complete_waits(world: World) -> None:
    world.stage.decide()
    world.now -= timedelta(milliseconds=1)
    world.load()
    settled = world.apply()
    assert [waiting.day for waiting in settled.planned.waiting] == [DAY]
    assert world.statements.days("bikes") == []


def test_a_command_waits_for_the_watermark_and_says_so(world: World) -> None:
    world.stage.decide()
    world.load()
    world.now += timedelta(seconds=1)
    with pytest.raises(WatermarkBehind, match="the watermark stands at 2026-11-12 01:00:00"):
        world.apply()
    assert world.statements.days("bikes") == []


def test_a_stored_plan_is_applied_as_it_was_read(world: World) -> None:
    world.stage.many(2)
    world.load()
    made = world.settling().plan(Asked(DAY))
    world.later(hours=1)
    world.stage.decide(received_at=int(world.now.timestamp() * 1000) - 1000)
    world.load()
    settled = world.settling().apply_plan(made.plan_hash)
    assert settled.applied.finished == [made.plan_hash]
    assert charged(world) == [(2400, "succeeded")]
    again = world.settling().apply_plan(made.plan_hash)
    assert again.applied.finished == []
    assert charged(world) == [(2400, "succeeded")]
    world.check()


def test_a_plan_is_refused_when_the_books_have_moved(world: World) -> None:
    world.stage.many(2)
    world.load()
    made = world.settling().plan(Asked(DAY))
    world.later(hours=1)
    world.stage.decide(received_at=int(world.now.timestamp() * 1000) - 1000)
    world.load()
    world.apply()
    with pytest.raises(PlanOutOfDate, match="Nothing was charged"):
        world.settling().apply_plan(made.plan_hash)
    assert charged(world) == [(3600, "succeeded")]


def test_a_plan_nobody_made_is_refused(world: World) -> None:
    with pytest.raises(PlanUnknown):
        world.settling().apply_plan("f" * 64)


def test_the_closed_rows_of_the_warehouse_are_the_statements(world: World) -> None:
    world.stage.many(3)
    world.stage.decide(refusal="bot")
    world.stage.decide(price_minor=1000, payer_share_bps=10_000)
    world.load()
    world.apply()
    answer = world.store.execute(
        "SELECT payer_share_bps, tracked, billable, bot, gross_minor, fee_minor, debit_minor,"
        " credit_minor FROM daily_closed FINAL ORDER BY payer_share_bps"
    )
    assert answer.rows == [
        (0, 4, 3, 1, 3600, 450, 3600, 3150),
        (10_000, 1, 1, 0, 1000, 125, 1125, 1000),
    ]
