"""The books refuse what must not be, and each invariant turns red when it is broken."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from settlement.ledger import invariants, postings
from settlement.ledger.tables import APPEND_ONLY
from settlement.postings import Account, Posting
from settlement.recount import everything_tracked_is_stated
from tests.settlement.builders import DAY
from tests.settlement.world import World

RECEIVABLE = Account("advertiser_receivable", "bikes", "EUR")
PENDING = Account("partner_pending", "gravel", "EUR")


def execute(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def without_triggers(engine: Engine, statement: str) -> None:
    """What only somebody with the database's own keys can do."""
    execute(engine, f"SET LOCAL session_replication_role = replica; {statement}")


@pytest.fixture
def settled(world: World) -> World:
    """A day of three results that was charged and paid."""
    world.stage.many(3, payer_share_bps=5000)
    world.stage.decide(refusal="bot")
    world.load()
    world.apply()
    world.check()
    return world


def test_rows_of_money_are_never_taken_away(settled: World) -> None:
    for table in APPEND_ONLY:
        for statement in (
            f"DELETE FROM settlement.{table}",
            f"TRUNCATE settlement.{table} CASCADE",
        ):
            with pytest.raises(DBAPIError, match="append-only"):
                execute(settled.engine, statement)


def test_a_posting_is_never_changed(settled: World) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        execute(settled.engine, "UPDATE settlement.postings SET amount_minor = 1")


def test_the_same_fact_is_booked_once(settled: World) -> None:
    posting = Posting("line:x:partner", RECEIVABLE, PENDING, 100, "line-x")
    for _ in range(2):
        with settled.engine.begin() as connection:
            postings.post(connection, [posting], settled.now)
    assert sum(b.debit_minor for b in settled.books.balances("bikes")) == 3600 + 225 + 100


def test_another_amount_under_the_same_key_is_a_broken_invariant(settled: World) -> None:
    posting = Posting("line:x:partner", RECEIVABLE, PENDING, 100, "line-x")
    with settled.engine.begin() as connection:
        postings.post(connection, [posting], settled.now)
    with (
        pytest.raises(AssertionError, match="line:x:partner"),
        settled.engine.begin() as connection,
    ):
        postings.post(connection, [posting._replace(amount_minor=101)], settled.now)


def test_an_amount_is_above_zero(settled: World) -> None:
    nothing = Posting("line:x:partner", RECEIVABLE, PENDING, 0, "line-x")
    with pytest.raises(IntegrityError), settled.engine.begin() as connection:
        postings.post(connection, [nothing], settled.now)


def test_a_conversion_is_billed_once_whoever_tries(settled: World) -> None:
    with pytest.raises(IntegrityError, match="billed_conversions_pkey"):
        execute(
            settled.engine,
            "INSERT INTO settlement.billed_conversions"
            " SELECT conversion_id, line_id FROM settlement.billed_conversions LIMIT 1",
        )


def test_an_advertiser_has_one_open_charge_in_a_currency(settled: World) -> None:
    copied = (
        "INSERT INTO settlement.charges (charge_id, plan_hash, advertiser_id, currency, number,"
        " amount_minor, state, reason, request, prepared_at) SELECT '{}', plan_hash, advertiser_id,"
        " '{}', number + {}, 1, 'created', '', request, prepared_at FROM settlement.charges"
        " WHERE number = 1"
    )
    execute(settled.engine, copied.format("second", "EUR", 1))
    execute(settled.engine, copied.format("francs", "CHF", 2))
    with pytest.raises(IntegrityError, match="charges_one_open"):
        execute(settled.engine, copied.format("third", "EUR", 2))


def test_a_statement_is_paid_by_one_charge(settled: World) -> None:
    with pytest.raises(IntegrityError, match="charge_statements"):
        execute(
            settled.engine,
            "INSERT INTO settlement.charge_statements (charge_id, statement_id)"
            " SELECT charge_id, statement_id FROM settlement.charge_statements",
        )


DEFECTS = {
    "conversions_billed_once": "DELETE FROM settlement.billed_conversions WHERE conversion_id IN"
    " (SELECT conversion_id FROM settlement.billed_conversions LIMIT 1)",
    "statements_add_up": "UPDATE settlement.tallies SET conversions = conversions + 1",
    "fees_follow_the_month": "UPDATE settlement.lines SET fee_after_minor = 451",
    "budgets_respected": "UPDATE settlement.lines SET budget_minor = 3824",
    "charges_are_their_lines": "UPDATE settlement.charges SET amount_minor = 3826",
    "owed_is_not_collected": "DELETE FROM settlement.postings WHERE business_key ~ '^line.*fee$'",
    "charges_equal_transfers_and_fees": "UPDATE settlement.transfers"
    " SET amount_minor = amount_minor - 1",
    "debits_equal_credits": "UPDATE settlement.accounts SET currency = 'USD'"
    " WHERE kind = 'platform_fee'",
    "nothing_found": "INSERT INTO settlement.findings"
    " VALUES ('f', 'unverified_purse', 'bikes', '2026-11-11', 'gravel-sale/2026-11', '', now())",
}


def test_each_invariant_can_fail(settled: World) -> None:
    assert set(DEFECTS) == {invariant.__name__ for invariant in invariants.ALL}
    for name, defect in DEFECTS.items():
        with settled.engine.connect() as connection:
            connection.execute(text(f"SET LOCAL session_replication_role = replica; {defect}"))
            broken = [
                i.name for i in (check(connection) for check in invariants.ALL) if not i.holds
            ]
            connection.rollback()
        assert name in broken, defect


@pytest.mark.parametrize(
    "damage",
    [
        lambda world: world.load(world.stage.many(1)),
        lambda world: without_triggers(
            world.engine, "UPDATE settlement.tallies SET conversions = conversions + 1"
        ),
    ],
    ids=["a result that no statement has", "a count that no result has"],
)
def test_the_recount_can_fail(settled: World, damage: Callable[[World], None]) -> None:
    without_triggers(
        settled.engine, "UPDATE settlement.purses SET state = jsonb_set(state, '{0,0}', '9')"
    )
    damage(settled)
    assert not everything_tracked_is_stated(settled.engine, settled.store).holds


def test_balances_are_what_is_left_after_charge_and_transfer(settled: World) -> None:
    balances = {b.kind: b.minor for b in settled.books.balances() if b.minor}
    assert balances == {"stripe_balance": 450, "platform_fee": -450}
    pending = {b.kind for b in settled.books.balances("gravel")}
    assert pending == {"partner_pending", "partner_held", "partner_payable"}


def test_statements_show_both_sides_the_same_line(settled: World) -> None:
    (statement,) = settled.statements.of_advertiser("bikes")
    assert statement.dispositions == {"billable": 3, "bot": 1}
    assert (statement.charge_state, statement.day) == ("succeeded", DAY)
    (line,) = settled.statements.lines(statement.statement_id)
    assert settled.statements.of_partner("gravel") == [line]
    assert line.added == statement.amounts
    (transfer,) = settled.statements.transfers("gravel")
    assert transfer.amount_minor == line.added.credit_minor


def test_days_that_were_not_closed_are_not_shown(settled: World) -> None:
    assert [day.day for day in settled.statements.days("bikes")] == [DAY]
    settled.later(days=2)
    settled.apply(DAY + timedelta(days=1))
    assert [day.day for day in settled.statements.days("bikes")] == [DAY + timedelta(days=1), DAY]
