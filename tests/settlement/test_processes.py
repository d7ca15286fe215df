"""The real process on real engines: killed with -9, run twice at once, asked for what it did."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from clickhouse_driver import Client

from embedded.postgres.cluster import Cluster
from settlement.books import Books
from settlement.crash_points import Point
from tests.embedded.practice_stripe import running
from tests.settlement.builders import StageB
from tests.settlement.installation import LAST_DAY, Installation, installation
from tests.settlement.world import stores

# 6 × 12.00 and 10 × 3.75, half of its fee on top.
CHARGED = 7200 + 3750 + 235
TRANSFERRED = {"gravel": 6300, "slow": 3750 - 234}


@pytest.fixture(scope="module")
def installed(
    postgres_server: Cluster, clickhouse: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    directory: Path = tmp_path_factory.mktemp("installation")
    address = postgres_server.url().replace("+psycopg", "", 1)
    with (
        psycopg.connect(address, autocommit=True) as session,
        Client.from_url(clickhouse) as client,
        running(directory / "stripe") as practice,
    ):
        session.execute("CREATE DATABASE processes")
        client.execute("CREATE DATABASE processes")
        postgres = postgres_server.url("processes")
        warehouse = f"{clickhouse.rpartition('/')[0]}/processes"
        with (
            stores(postgres, warehouse) as (engine, store),
            installation(postgres, engine, warehouse, store, practice, directory) as made,
        ):
            yield made
        client.execute("DROP DATABASE processes")
        session.execute("DROP DATABASE processes WITH (FORCE)")


def settled_once(installed: Installation, stage: StageB) -> None:
    """The advertiser was charged once, and each partner was paid once from that charge."""
    (charge,) = installed.statements.charges(stage.advertiser_id)
    assert (charge.amount_minor, charge.state) == (CHARGED, "succeeded")
    intents = installed.practice.client.v1.payment_intents.list({"limit": 100}).auto_paging_iter()
    ours = [
        each
        for each in intents
        if each.metadata.to_dict() == {"counterfoil_charge": charge.charge_id}
    ]
    assert [each.amount for each in ours if each.status == "succeeded"] == [CHARGED]
    sent = installed.practice.client.v1.transfers.list({"transfer_group": charge.charge_id})
    assert sorted(each.amount for each in sent.data) == sorted(TRANSFERRED.values())
    booked = installed.statements.transfers_of_charge(charge.charge_id)
    partners = {each.partner_id.rpartition("-")[2]: each.amount_minor for each in booked}
    assert partners == TRANSFERRED
    assert {each.state for each in booked} == {"sent"}
    assert all(invariant.holds for invariant in Books(installed.engine).check())


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, marks=() if number % 6 == 3 else pytest.mark.exhaustive)
        for number, point in enumerate(Point)
    ],
)
def test_a_killed_process_is_finished_by_the_next(installed: Installation, point: Point) -> None:
    stage = installed.results()
    killed = installed.apply(stage, crash_at=point)
    assert killed.code == -signal.SIGKILL, killed.err
    finished = installed.apply(stage)
    assert finished.code == 0, finished.err
    settled_once(installed, stage)


def test_two_processes_at_once_charge_once(installed: Installation) -> None:
    stage = installed.results()
    asked = ("apply", "--through", LAST_DAY.isoformat(), "--advertiser", stage.advertiser_id)
    both = [installed.start(*asked) for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    settled_once(installed, stage)


def test_a_plan_is_shown_and_then_applied_by_its_hash(installed: Installation) -> None:
    stage = installed.results()
    asked = ("--through", LAST_DAY.isoformat(), "--advertiser", stage.advertiser_id)
    plan = installed.run("plan", *asked, "--json").answer
    assert [close["dispositions"] for close in plan["closes"]] == [{"billable": 8, "bot": 1}] * 2
    assert [charge["amount_minor"] for charge in plan["charges"]] == [CHARGED]
    assert installed.statements.days(stage.advertiser_id) == []
    applied = installed.run("apply", "--plan", plan["plan"], "--json").answer
    assert [charge["state"] for charge in applied["charges"]] == ["succeeded"]
    settled_once(installed, stage)


def test_a_declined_card_is_recorded_and_the_books_stay_right(installed: Installation) -> None:
    stage = installed.results("declined")
    applied = installed.apply(stage).answer
    (charge,) = applied["charges"]
    assert (charge["state"], charge["reason"]) == ("declined", "generic_decline")
    assert applied["transfers"] == []
    assert installed.run("check", "--json").code == 0


def test_the_summary_adds_up(installed: Installation) -> None:
    stage = installed.results()
    installed.apply(stage)
    shown = installed.run("summary", "--json").answer
    (gravel,) = (
        month
        for month in shown["agreements"]
        if month["agreement"] == f"{stage.advertiser_id}-gravel-sale"
        and month["month"] == LAST_DAY.isoformat()[:7]
    )
    assert gravel["tracked"] == sum(gravel["dispositions"].values())
    assert gravel["debit_minor"] == gravel["charged_minor"] <= gravel["budget_minor"]
    assert gravel["credit_minor"] == gravel["transferred_minor"]
    assert gravel["budget_left_minor"] == gravel["budget_minor"] - gravel["debit_minor"]
    money = shown["money"]["EUR"]
    assert money["charges_minor"] == money["transfers_minor"] + money["fees_minor"]
    assert all(shown["invariants"].values())


def test_any_id_is_explained_down_to_kafka_and_back(installed: Installation) -> None:
    stage = installed.results()
    installed.apply(stage)
    (charge,) = installed.statements.charges(stage.advertiser_id)
    conversion = stage.conversions[0].candidate
    from_money = installed.run("explain", charge.charge_id, "--json").answer
    assert conversion.conversion_id in {c["conversion_id"] for c in from_money["conversions"]}
    for object_id in (conversion.conversion_id, conversion.order):
        told = installed.run("explain", object_id)
        assert told.code == 0, told.err
        for part in (charge.charge_id, charge.intent_id, "counterfoil.events partition 3 offset 0"):
            assert part in told.out
    at_stripe = installed.run("explain", charge.intent_id, "--json").answer
    assert [each["charge_id"] for each in at_stripe["charges"]] == [charge.charge_id]
    refused = installed.run("explain", stage.conversions[3].candidate.conversion_id)
    assert "It is not billed: bot" in refused.out


def test_an_id_that_nothing_has_says_what_ids_look_like(installed: Installation) -> None:
    told = installed.run("explain", "nonsense")
    assert told.code == 1
    assert "Ids look like charge-…" in told.out


def test_a_stripe_that_is_away_closes_days_and_is_asked_again(installed: Installation) -> None:
    stage = installed.results()
    installed.practice.kill()
    cut = installed.apply(stage)
    assert cut.code == 1
    assert "the next apply goes on with it" in cut.err
    assert [day.state for day in installed.statements.days(stage.advertiser_id)] == ["stated"] * 2
    installed.practice.start()
    assert installed.apply(stage).code == 0
    settled_once(installed, stage)


def test_a_wrong_setting_is_said_for_each_variable() -> None:
    bare = Installation({}, None, None, None, iter(()))  # type: ignore[arg-type]
    ended = bare.run("apply", "--day", "2026-11-11")
    assert ended.code == 1
    for variable in ("COUNTERFOIL_POSTGRES", "COUNTERFOIL_CLICKHOUSE", "COUNTERFOIL_STRIPE_KEY"):
        assert f"{variable} is not set" in ended.err


def test_a_command_without_a_day_says_what_to_give(installed: Installation) -> None:
    ended = installed.run("apply")
    assert ended.code == 2
    assert "--through YYYY-MM-DD" in ended.err
