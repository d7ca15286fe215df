"""Charges: what is owed, which charge takes it, and how far that charge has come."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from settlement.charges import Owed
from settlement.clock import to_ms
from settlement.ledger.amounts import added
from settlement.ledger.tables import charge_statements, charges, days, lines

ChargeState = Literal["prepared", "created", "processing", "declined", "succeeded", "cancelled"]
CLOSED: tuple[ChargeState, ...] = ("succeeded", "cancelled")

Debt = tuple[str, str]
"""An advertiser's id and a currency."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge and where it stands; `intent_id`, `stripe_charge_id`: "" while unknown.

    `reason`: the bank's for a decline, Stripe's for a cancelled one.
    """

    charge_id: str
    plan_hash: str
    advertiser_id: str
    currency: str
    number: int
    amount_minor: int
    state: ChargeState
    reason: str
    request: Mapping[str, object]
    intent_id: str
    stripe_charge_id: str

    @property
    def is_open(self) -> bool:
        """Whether it keeps the advertiser from being charged again in this currency."""
        return self.state not in CLOSED


def owed(connection: Connection) -> dict[Debt, list[Owed]]:
    """What stated days add to each advertiser's debt and no charge has taken."""
    taken = select(charge_statements.c.statement_id).where(~charge_statements.c.released)
    rows = connection.execute(
        select(lines)
        .join(
            days,
            (days.c.advertiser_id == lines.c.advertiser_id) & (days.c.day == lines.c.day),
        )
        .where(days.c.state == "stated", lines.c.chargeable, lines.c.statement_id.not_in(taken))
    )
    debts: defaultdict[Debt, list[Owed]] = defaultdict(list)
    for row in rows:
        debts[row.advertiser_id, row.currency].append(_owed(row))
    return debts


def _owed(row: Row[Any]) -> Owed:
    line = added(row)
    return Owed(
        row.statement_id,
        row.partner_id,
        line.credit_minor,
        line.fee_minor,
        to_ms(row.releases_at),
    )


def numbers(connection: Connection) -> dict[Debt, int]:
    """How many charges each advertiser has had in each currency."""
    rows = connection.execute(
        select(charges.c.advertiser_id, charges.c.currency, func.max(charges.c.number)).group_by(
            charges.c.advertiser_id, charges.c.currency
        )
    )
    return {(advertiser_id, currency): number for advertiser_id, currency, number in rows}


def open_charges(connection: Connection) -> list[Charge]:
    """Charges that are not settled, in the order of their ids."""
    rows = connection.execute(
        select(charges).where(charges.c.state.not_in(CLOSED)).order_by(charges.c.charge_id)
    )
    return [_charge(row) for row in rows]


def find(connection: Connection, charge_id: str) -> Charge | None:
    """The charge of this id."""
    row = connection.execute(select(charges).where(charges.c.charge_id == charge_id)).one_or_none()
    return None if row is None else _charge(row)


def prepare(
    connection: Connection, charge: Charge, statement_ids: tuple[str, ...], prepared_at: datetime
) -> None:
    """Freeze the request and take the statements; again, it changes nothing.

    Raises IntegrityError when another charge is open or holds one of the statements.
    """
    written = connection.execute(
        insert(charges)
        .values(
            charge_id=charge.charge_id,
            plan_hash=charge.plan_hash,
            advertiser_id=charge.advertiser_id,
            currency=charge.currency,
            number=charge.number,
            amount_minor=charge.amount_minor,
            state="prepared",
            reason="",
            request=dict(charge.request),
            prepared_at=prepared_at,
        )
        .on_conflict_do_nothing(index_elements=["charge_id"])
        .returning(charges.c.charge_id)
    ).first()
    if written is not None:
        connection.execute(
            insert(charge_statements),
            [
                {"charge_id": charge.charge_id, "statement_id": statement_id}
                for statement_id in statement_ids
            ],
        )


def keep_intent(connection: Connection, charge_id: str, intent_id: str) -> None:
    """prepared → created: the PaymentIntent that may be confirmed is known."""
    connection.execute(
        update(charges)
        .where(charges.c.charge_id == charge_id, charges.c.state == "prepared")
        .values(state="created", intent_id=intent_id)
    )


def settle(
    connection: Connection,
    charge_id: str,
    state: ChargeState,
    settled_at: datetime,
    *,
    reason: str = "",
    stripe_charge_id: str = "",
) -> None:
    """What Stripe said of an open charge; a cancelled one gives its statements back."""
    connection.execute(
        update(charges)
        .where(charges.c.charge_id == charge_id, charges.c.state.not_in(CLOSED))
        .values(
            state=state,
            reason=reason,
            stripe_charge_id=stripe_charge_id or None,
            settled_at=settled_at if state in CLOSED else None,
        )
    )
    if state == "cancelled":
        connection.execute(
            update(charge_statements)
            .where(charge_statements.c.charge_id == charge_id)
            .values(released=True)
        )


def owed_in(connection: Connection, charge_id: str) -> list[Owed]:
    """The lines that a charge collects."""
    rows = connection.execute(
        select(lines)
        .join(charge_statements, charge_statements.c.statement_id == lines.c.statement_id)
        .where(charge_statements.c.charge_id == charge_id, lines.c.chargeable)
    )
    return [_owed(row) for row in rows]


def _charge(row: Row[Any]) -> Charge:
    return Charge(
        row.charge_id,
        row.plan_hash,
        row.advertiser_id,
        row.currency,
        row.number,
        row.amount_minor,
        row.state,
        row.reason,
        row.request,
        row.intent_id or "",
        row.stripe_charge_id or "",
    )
