"""The journal of requests to Stripe: each is written down before it is sent, and after."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, select, update

from settlement.ledger.tables import attempts

Outcome = Literal["done", "declined", "refused", "lost", "failed"]

# Stripe may forget a key after 24 hours; from then on it would be a new request (rules.md §10).
KEY_LIFE: Final = timedelta(hours=23)

_SPENT: Final = ("failed", "declined", "refused")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request for a charge, a transfer or their parties, under one idempotency key."""

    subject_id: str
    number: int
    idempotency_key: str


def begin(connection: Connection, subject_id: str, operation: str, begun_at: datetime) -> Attempt:
    """Write down that the request is about to be sent.

    A repeat has the key of the attempt before it, unless that key is spent or too old.
    """
    before = list(
        connection.execute(
            select(attempts)
            .where(attempts.c.subject_id == subject_id)
            .order_by(attempts.c.number)
            .with_for_update()
        )
    )
    alike = [row for row in before if row.operation == operation]
    spent = sum(row.outcome in _SPENT or row.begun_at < begun_at - KEY_LIFE for row in alike)
    attempt = Attempt(subject_id, len(before) + 1, f"{subject_id}/{operation}/{spent + 1}")
    connection.execute(
        attempts.insert().values(
            subject_id=subject_id,
            number=attempt.number,
            operation=operation,
            idempotency_key=attempt.idempotency_key,
            begun_at=begun_at,
            detail="",
        )
    )
    return attempt


def end(
    connection: Connection, attempt: Attempt, outcome: Outcome, detail: str, ended_at: datetime
) -> None:
    """Write down what came of it; an attempt without an end was killed or cut off."""
    connection.execute(
        update(attempts)
        .where(attempts.c.subject_id == attempt.subject_id, attempts.c.number == attempt.number)
        .values(outcome=outcome, detail=detail, ended_at=ended_at)
    )
