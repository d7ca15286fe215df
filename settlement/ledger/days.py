"""Days of advertisers on their way from open to stated, and the purses they leave behind."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from partnerships.money import FeeGroup
from settlement.decisions import PurseId
from settlement.ledger.tables import days, lines, purses, snapshots
from settlement.plans import PlannedClose
from settlement.purses import Verified

DayState = Literal["open", "snapshotted", "accrued", "stated"]


def closed_through(connection: Connection) -> dict[str, date]:
    """Each advertiser's last stated day; days are stated in order."""
    rows = connection.execute(
        select(days.c.advertiser_id, func.max(days.c.day).label("last_day"))
        .where(days.c.state == "stated")
        .group_by(days.c.advertiser_id)
    )
    return {row.advertiser_id: row.last_day for row in rows}


def at_rest(connection: Connection) -> dict[str, date]:
    """The last stated day of each advertiser that has no close under way."""
    rows = connection.execute(
        select(days.c.advertiser_id, func.max(days.c.day).label("last_day"))
        .group_by(days.c.advertiser_id)
        .having(func.bool_and(days.c.state == "stated"))
    )
    return {row.advertiser_id: row.last_day for row in rows}


def state_of(connection: Connection, advertiser_id: str, day: date) -> DayState:
    """How far the close of this day has come."""
    found: DayState | None = connection.execute(
        select(days.c.state).where(days.c.advertiser_id == advertiser_id, days.c.day == day)
    ).scalar_one_or_none()
    return found or "open"


def in_progress(connection: Connection) -> list[str]:
    """Days whose close has begun and is not stated, as ADVERTISER DAY."""
    rows = connection.execute(
        select(days.c.advertiser_id, days.c.day)
        .where(days.c.state != "stated")
        .order_by(days.c.day, days.c.advertiser_id)
    )
    return [f"{advertiser_id} {day}" for advertiser_id, day in rows]


def snapshot(
    connection: Connection, close: PlannedClose, plan_hash: str, watermark: datetime
) -> None:
    """open → snapshotted: which decisions the close covers is now fixed."""
    connection.execute(
        insert(days).values(
            advertiser_id=close.advertiser_id,
            day=close.day,
            zone=close.zone,
            state="snapshotted",
            plan_hash=plan_hash,
            watermark=watermark,
        )
    )
    if close.heads:
        connection.execute(
            insert(snapshots),
            [
                {
                    "advertiser_id": close.advertiser_id,
                    "day": close.day,
                    "agreement_id": head.agreement_id,
                    "month": head.month,
                    "sequence": head.sequence,
                }
                for head in close.heads
            ],
        )


def accrue(
    connection: Connection, close: PlannedClose, verified: Mapping[PurseId, Verified]
) -> None:
    """snapshotted → accrued: every line is written, and the purses stand where they were verified.

    `verified`: the purses that moved.
    """
    if verified:
        statement = insert(purses)
        moved = {name: statement.excluded[name] for name in _MOVED}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["agreement_id", "month"], set_=moved),
            [
                {
                    "agreement_id": purse.agreement_id,
                    "month": purse.month,
                    "advertiser_id": close.advertiser_id,
                    "sequence": state.sequence,
                    "state": msgspec.to_builtins(state),
                    "closed_day": close.day,
                }
                for purse, state in verified.items()
            ],
        )
    _move(connection, close, "snapshotted", {"state": "accrued"})


_MOVED = ("sequence", "state", "closed_day")


def state(connection: Connection, close: PlannedClose, stated_at: datetime) -> None:
    """accrued → stated: the day is closed and never changes."""
    _move(connection, close, "accrued", {"state": "stated", "stated_at": stated_at})


def _move(
    connection: Connection, close: PlannedClose, before: DayState, values: Mapping[str, object]
) -> None:
    moved = connection.execute(
        update(days)
        .where(
            days.c.advertiser_id == close.advertiser_id,
            days.c.day == close.day,
            days.c.state == before,
        )
        .values(dict(values))
    )
    assert moved.rowcount == 1, f"{close.advertiser_id} {close.day} was not {before}"


def verified_purses(connection: Connection, advertiser_id: str) -> dict[PurseId, Verified]:
    """Every purse of the advertiser as the last close left it."""
    rows = connection.execute(select(purses).where(purses.c.advertiser_id == advertiser_id))
    return {
        PurseId(row.agreement_id, row.month): msgspec.convert(row.state, Verified) for row in rows
    }


def billed_gross(
    connection: Connection, advertiser_id: str, before: date
) -> dict[PurseId, dict[FeeGroup, int]]:
    """What closes of earlier days billed, by purse and fee group; minor units."""
    rows = connection.execute(
        select(
            lines.c.agreement_id,
            lines.c.month,
            lines.c.rate_bps,
            lines.c.payer_share_bps,
            func.sum(lines.c.gross_after_minor - lines.c.gross_before_minor),
        )
        .where(lines.c.advertiser_id == advertiser_id, lines.c.day < before, lines.c.chargeable)
        .group_by(lines.c.agreement_id, lines.c.month, lines.c.rate_bps, lines.c.payer_share_bps)
    )
    gross: defaultdict[PurseId, dict[FeeGroup, int]] = defaultdict(dict)
    for agreement_id, month, rate_bps, payer_share_bps, billed in rows:
        gross[PurseId(agreement_id, month)][FeeGroup(rate_bps, payer_share_bps)] = int(billed)
    return gross
