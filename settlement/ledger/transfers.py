"""Transfers: what a collected charge promises to partners, until it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from settlement import ids
from settlement.charges import Part
from settlement.clock import from_ms
from settlement.ledger.tables import charges, transfers

TransferState = Literal["held", "payable", "sending", "sent"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A partner's part of a collected charge.

    `held` until `releases_at`, then `payable`, `sending` once its request is frozen, `sent`.
    """

    transfer_id: str
    charge_id: str
    stripe_charge_id: str
    partner_id: str
    currency: str
    amount_minor: int
    releases_at: datetime
    state: TransferState
    request: Mapping[str, object] | None


def promise(connection: Connection, charge_id: str, currency: str, parts: Iterable[Part]) -> None:
    """One transfer per partner of a collected charge, held until its release."""
    rows = [
        {
            "transfer_id": ids.transfer_id(charge_id, part.partner_id),
            "charge_id": charge_id,
            "partner_id": part.partner_id,
            "currency": currency,
            "amount_minor": part.amount_minor,
            "releases_at": from_ms(part.releases_at_ms),
            "state": "held",
            "reason": "hold",
        }
        for part in parts
        if part.amount_minor
    ]
    if rows:
        connection.execute(insert(transfers).on_conflict_do_nothing(), rows)


def unsent(connection: Connection) -> list[Transfer]:
    """All transfers that were not sent, oldest release first."""
    rows = connection.execute(
        select(transfers, charges.c.stripe_charge_id)
        .join(charges, charges.c.charge_id == transfers.c.charge_id)
        .where(transfers.c.state != "sent")
        .order_by(transfers.c.releases_at, transfers.c.transfer_id)
    )
    return [_transfer(row) for row in rows]


def release(connection: Connection, transfer_id: str) -> None:
    """held → payable: the hold is over."""
    _move(connection, transfer_id, "held", {"state": "payable", "reason": ""})


def wait(connection: Connection, transfer_id: str, reason: str) -> None:
    """Say why a payable transfer is not sent."""
    _move(connection, transfer_id, "payable", {"reason": reason})


def prepare(connection: Connection, transfer_id: str, request: Mapping[str, object]) -> None:
    """payable → sending: the request is frozen."""
    changes = {"state": "sending", "reason": "", "request": dict(request)}
    _move(connection, transfer_id, "payable", changes)


def refuse(connection: Connection, transfer_id: str, reason: str) -> None:
    """sending → payable: Stripe refused it, and nothing was sent."""
    _move(
        connection, transfer_id, "sending", {"state": "payable", "reason": reason, "request": None}
    )


def settle(
    connection: Connection, transfer_id: str, stripe_transfer_id: str, sent_at: datetime
) -> None:
    """sending → sent."""
    changes = {"state": "sent", "stripe_transfer_id": stripe_transfer_id, "sent_at": sent_at}
    _move(connection, transfer_id, "sending", changes)


def _move(
    connection: Connection,
    transfer_id: str,
    before: TransferState,
    changes: Mapping[str, object],
) -> None:
    connection.execute(
        update(transfers)
        .where(transfers.c.transfer_id == transfer_id, transfers.c.state == before)
        .values(dict(changes))
    )


def _transfer(row: Row[Any]) -> Transfer:
    return Transfer(
        row.transfer_id,
        row.charge_id,
        row.stripe_charge_id,
        row.partner_id,
        row.currency,
        row.amount_minor,
        row.releases_at,
        row.state,
        row.request,
    )
