"""Killed at any point, at once or a day later: the next apply ends with the same books."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count

import psycopg
import pytest
from _pytest.mark.structures import ParameterSet
from clickhouse_driver import Client
from sqlalchemy import Engine

from embedded.postgres.cluster import Cluster
from settlement.crash_points import Point
from settlement.memory_gateway import MemoryGateway
from tests.settlement.builders import DAY, StageB
from tests.settlement.world import Crashed, World, stores
from warehouse.store import Store

NEXT = DAY + timedelta(days=1)
_numbers = count(1)


Shared = tuple[Engine, Store, MemoryGateway]


@pytest.fixture(scope="module")
def shared(postgres_server: Cluster, clickhouse: str) -> Iterator[Shared]:
    """Books, warehouse and Stripe that all crashes share: each has an advertiser of its own."""
    address = postgres_server.url().replace("+psycopg", "", 1)
    with (
        psycopg.connect(address, autocommit=True) as session,
        Client.from_url(clickhouse) as client,
    ):
        session.execute("CREATE DATABASE crashes")
        client.execute("CREATE DATABASE crashes")
        warehouse = f"{clickhouse.rpartition('/')[0]}/crashes"
        with stores(postgres_server.url("crashes"), warehouse) as (engine, store):
            yield engine, store, MemoryGateway()
        client.execute("DROP DATABASE crashes")
        session.execute("DROP DATABASE crashes WITH (FORCE)")


@pytest.fixture
def fresh(shared: Shared) -> World:
    """An advertiser with two days of results for two partners."""
    return fresh_world(*shared)


def fresh_world(engine: Engine, store: Store, gateway: MemoryGateway) -> World:
    name = f"shop{next(_numbers)}"
    world = World(engine, store, gateway, stage=StageB(name))
    world.profiles.add(name, card="pm_card_visa")
    for partner in ("gravel", "slow"):
        world.profiles.add(f"{name}-{partner}", takes_transfers=True)
    for day in (DAY, NEXT):
        world.stage.many(3, day, agreement_id=f"{name}-gravel-sale")
        world.stage.decide(day, agreement_id=f"{name}-gravel-sale", refusal="bot")
        world.stage.many(
            5, day, agreement_id=f"{name}-slow-lead", price_minor=375, payer_share_bps=5000
        )
    world.later(days=1)
    world.load()
    return world


def outcome(world: World) -> object:
    """What must be the same however often the run was killed."""
    name = world.stage.advertiser_id
    partners = [account for account in world.profiles.known if account != name]
    charges = world.statements.charges(name)
    groups = {charge.charge_id for charge in charges}
    intents = world.memory.intents.values()
    closed = world.store.execute(
        "SELECT closed_day, day, tracked, billable, debit_minor, credit_minor"
        " FROM daily_closed FINAL WHERE advertiser_id = %(name)s ORDER BY ALL",
        {"name": name},
    )
    return (
        [(day.day, day.state) for day in world.statements.days(name)],
        [(charge.amount_minor, charge.state) for charge in charges],
        [
            (partner.removeprefix(name), transfer.amount_minor, transfer.state)
            for partner in partners
            for transfer in world.statements.transfers(partner)
        ],
        [
            (account.kind, account.owner_id.removeprefix(name), account.minor)
            for owner in world.profiles.known
            for account in world.books.balances(owner)
        ],
        [
            intent.collected_minor
            for intent in intents
            if intent.collected_minor and intent.request["transfer_group"] in groups
        ],
        Counter(
            sent.amount_minor for group, sent in world.memory.transfers.values() if group in groups
        ),
        closed.rows,
    )


@pytest.fixture(scope="module")
def expected(shared: Shared) -> object:
    """The outcome of a run that nothing disturbs."""
    world = fresh_world(*shared)
    world.apply(NEXT)
    world.check()
    return outcome(world)


def sampled(cases: Sequence[str]) -> list[ParameterSet]:
    """Each case at once or a day later, by turns; the other half only in the exhaustive run."""
    return [
        pytest.param(case, hours, marks=() if (number + late) % 2 else pytest.mark.exhaustive)
        for number, case in enumerate(cases)
        for late, hours in enumerate((0, 25))
    ]


@pytest.mark.parametrize(("point", "hours"), sampled(list(Point)))
def test_after_a_kill_the_next_apply_ends_with_the_same_books(
    fresh: World, expected: object, point: Point, hours: int
) -> None:
    fresh.crash_at = point
    with pytest.raises(Crashed):
        fresh.apply(NEXT)
    fresh.check()
    fresh.later(hours=hours)
    if hours:
        fresh.memory.forget_keys()
    fresh.apply(NEXT)
    assert outcome(fresh) == expected
    fresh.check()


@pytest.mark.parametrize(
    ("call", "hours"),
    sampled(
        [
            "create_customer",
            "attach_card",
            "create_intent",
            "confirm_intent",
            "create_account",
            "create_transfer",
        ]
    ),
)
def test_after_a_lost_answer_the_next_apply_ends_with_the_same_books(
    fresh: World, expected: object, call: str, hours: int
) -> None:
    fresh.memory.lose_next(call)
    fresh.apply(NEXT)
    fresh.check()
    fresh.later(hours=hours)
    if hours:
        fresh.memory.forget_keys()
    fresh.apply(NEXT)
    assert outcome(fresh) == expected


def test_a_run_that_is_killed_at_every_point_in_turn_ends_with_the_same_books(
    fresh: World, expected: object
) -> None:
    for point in Point:
        fresh.crash_at = point
        try:
            fresh.apply(NEXT)
        except Crashed:
            fresh.check()
    fresh.crash_at = None
    fresh.apply(NEXT)
    assert outcome(fresh) == expected
