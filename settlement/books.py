"""The books of this installation: balances, what was found, and whether every invariant holds.

A door: other rooms read balances and checks here.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, create_engine, select, text

from settlement.ledger import invariants
from settlement.ledger.invariants import Invariant
from settlement.ledger.tables import findings

__all__ = ["Balance", "Books", "Finding", "Invariant"]

_BALANCES = text(
    """
    SELECT kind, owner_id, accounts.currency,
        coalesce(sum(amount_minor) FILTER (WHERE debit_id = account_id), 0) AS debit_minor,
        coalesce(sum(amount_minor) FILTER (WHERE credit_id = account_id), 0) AS credit_minor
    FROM settlement.accounts
    LEFT JOIN settlement.postings ON account_id IN (debit_id, credit_id)
    WHERE CAST(:owner_id AS text) IS NULL OR owner_id = :owner_id
    GROUP BY account_id ORDER BY account_id
    """
)


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account of the books: the sums of its debits and credits; minor units."""

    kind: str
    owner_id: str
    currency: str
    debit_minor: int
    credit_minor: int

    @property
    def minor(self) -> int:
        """Debits less credits: what is ours or owed to us is positive, what we owe negative."""
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps money from moving until a person looks at it."""

    finding_id: str
    kind: str
    advertiser_id: str
    day: date
    subject_id: str
    reason: str
    found_at: datetime


class Books:
    """Reads the books; nothing here writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def at(cls, url: str) -> "Books":
        """The books in the database of a SQLAlchemy URL."""
        return cls(create_engine(url, pool_pre_ping=True))

    def balances(self, owner_id: str | None = None) -> list[Balance]:
        """All accounts of an owner, or all there are."""
        with self._engine.connect() as connection:
            rows = connection.execute(_BALANCES, {"owner_id": owner_id})
            return [
                Balance(
                    row.kind,
                    row.owner_id,
                    row.currency,
                    int(row.debit_minor),
                    int(row.credit_minor),
                )
                for row in rows
            ]

    def check(self) -> list[Invariant]:
        """Every invariant, on one snapshot of the books."""
        snapshot = self._engine.connect().execution_options(isolation_level="REPEATABLE READ")
        with snapshot as connection:
            return [invariant(connection) for invariant in invariants.ALL]

    def findings(self, advertiser_id: str | None = None) -> list[Finding]:
        """What was found, newest first."""
        asked = select(findings).order_by(findings.c.found_at.desc(), findings.c.finding_id)
        if advertiser_id is not None:
            asked = asked.where(findings.c.advertiser_id == advertiser_id)
        with self._engine.connect() as connection:
            return [Finding(*row) for row in connection.execute(asked)]
