"""Stored plans: what was made, what was begun, what is finished."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from settlement.ledger.tables import plans
from settlement.plans import Plan, decoded, encoded, hash_of

State = Literal["made", "begun", "finished"]


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan by its hash; `watermark`: all that was received before it is in its snapshots."""

    plan_hash: str
    plan: Plan
    state: State
    watermark: datetime


def store(connection: Connection, plan: Plan, watermark: datetime, made_at: datetime) -> StoredPlan:
    """Keep the plan; the same plan made again is the one that is there."""
    plan_hash = hash_of(plan)
    connection.execute(
        insert(plans)
        .values(
            plan_hash=plan_hash,
            body=encoded(plan),
            state="made",
            watermark=watermark,
            made_at=made_at,
        )
        .on_conflict_do_nothing()
    )
    kept = find(connection, plan_hash)
    assert kept is not None, f"plan {plan_hash} was not kept"
    return kept


def find(connection: Connection, plan_hash: str) -> StoredPlan | None:
    """The plan of this hash."""
    row = connection.execute(select(plans).where(plans.c.plan_hash == plan_hash)).one_or_none()
    return None if row is None else _stored(row)


def begun(connection: Connection) -> list[StoredPlan]:
    """Plans whose apply has not come to its end, oldest first."""
    rows = connection.execute(
        select(plans).where(plans.c.state == "begun").order_by(plans.c.made_at, plans.c.plan_hash)
    )
    return [_stored(row) for row in rows]


def begin(connection: Connection, plan_hash: str) -> None:
    """From now on the plan must be brought to its end before any other begins."""
    _move(connection, plan_hash, "made", "begun")


def finish(connection: Connection, plan_hash: str) -> None:
    """All of the plan is done."""
    _move(connection, plan_hash, "begun", "finished")


def _move(connection: Connection, plan_hash: str, before: State, after: State) -> None:
    connection.execute(
        update(plans)
        .where(plans.c.plan_hash == plan_hash, plans.c.state == before)
        .values(state=after)
    )


def _stored(row: Row[Any]) -> StoredPlan:
    return StoredPlan(row.plan_hash, decoded(bytes(row.body)), row.state, row.watermark)
