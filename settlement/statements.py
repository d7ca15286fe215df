"""The read side of settlement: what was stated, charged and transferred, for both sides.

A door: other rooms read statements, lines, charges, transfers and day states here.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, Row, create_engine, func, select

from partnerships.money import Amounts
from settlement.ledger import amounts
from settlement.ledger.tables import (
    charge_statements,
    charges,
    days,
    lines,
    statements,
    tallies,
    transfers,
)
from settlement.ledger.views import (
    ChargeOf,
    Day,
    Statement,
    StatementLine,
    TransferTo,
    charge_of,
    line_of,
    transfer_of,
)

__all__ = ["ChargeOf", "Day", "Statement", "StatementLine", "Statements", "TransferTo"]

_MOST_ROWS: Final = 1_000


class Statements:
    """Reads the books of one installation; newest first, at most 1,000 rows an answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def at(cls, url: str) -> "Statements":
        """The statements in the database of a SQLAlchemy URL."""
        return cls(create_engine(url, pool_pre_ping=True))

    def days(self, advertiser_id: str) -> list[Day]:
        """The days whose close has begun; every other day is open."""
        asked = (
            select(days).where(days.c.advertiser_id == advertiser_id).order_by(days.c.day.desc())
        )
        return [
            Day(row.advertiser_id, row.day, row.zone, row.state, row.watermark, row.stated_at)
            for row in self._rows(asked)
        ]

    def of_advertiser(self, advertiser_id: str) -> list[Statement]:
        """What the account pays."""
        return self._statements(statements.c.advertiser_id == advertiser_id)

    def of_partner(self, partner_id: str) -> list[StatementLine]:
        """What the account earns, line by line."""
        return self._lines(lines.c.partner_id == partner_id)

    def lines(self, statement_id: str) -> list[StatementLine]:
        """The lines of a statement."""
        return self._lines(lines.c.statement_id == statement_id)

    def lines_of_agreement(self, agreement_id: str) -> list[StatementLine]:
        """All lines of an agreement."""
        return self._lines(lines.c.agreement_id == agreement_id)

    def lines_named(self, line_ids: Collection[str]) -> list[StatementLine]:
        """The lines of these ids."""
        return self._lines(lines.c.line_id.in_(line_ids))

    def charges_named(self, charge_ids: Collection[str]) -> list[ChargeOf]:
        """The charges of these ids."""
        return self._charges(charges.c.charge_id.in_(charge_ids))

    def transfers_named(self, transfer_ids: Collection[str]) -> list[TransferTo]:
        """The transfers of these ids."""
        return self._transfers(transfers.c.transfer_id.in_(transfer_ids))

    def charges(self, advertiser_id: str) -> list[ChargeOf]:
        """The account's charges."""
        return self._charges(charges.c.advertiser_id == advertiser_id)

    def charges_of_plan(self, plan_hash: str) -> list[ChargeOf]:
        """What a plan charged."""
        return self._charges(charges.c.plan_hash == plan_hash)

    def transfers(self, partner_id: str) -> list[TransferTo]:
        """The account's parts of charges."""
        return self._transfers(transfers.c.partner_id == partner_id)

    def transfers_of_charge(self, charge_id: str) -> list[TransferTo]:
        """What a charge pays to partners."""
        return self._transfers(transfers.c.charge_id == charge_id)

    def _statements(self, condition: ColumnElement[bool]) -> list[Statement]:
        asked = (
            select(statements, charges.c.charge_id, charges.c.state)
            .outerjoin(
                charge_statements,
                (charge_statements.c.statement_id == statements.c.statement_id)
                & ~charge_statements.c.released,
            )
            .outerjoin(charges, charges.c.charge_id == charge_statements.c.charge_id)
            .where(condition)
            .order_by(statements.c.day.desc(), statements.c.currency)
        )
        rows = self._rows(asked)
        shown = [row.statement_id for row in rows]
        counted = self._counted(shown)
        sums = self._sums(shown)
        return [
            Statement(
                row.statement_id,
                row.advertiser_id,
                row.day,
                row.currency,
                counted.get(row.statement_id, {}),
                sums.get(row.statement_id, Amounts(0, 0, 0, 0)),
                row.charge_id or "",
                row.state or "",
            )
            for row in rows
        ]

    def _counted(self, statement_ids: list[str]) -> dict[str, dict[str, int]]:
        asked = (
            select(
                tallies.c.statement_id,
                tallies.c.disposition,
                func.sum(tallies.c.conversions).label("conversions"),
            )
            .where(tallies.c.statement_id.in_(statement_ids))
            .group_by(tallies.c.statement_id, tallies.c.disposition)
        )
        counted: dict[str, dict[str, int]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(asked):
                counted.setdefault(row.statement_id, {})[row.disposition] = int(row.conversions)
        return counted

    def _sums(self, statement_ids: list[str]) -> dict[str, Amounts]:
        sums: dict[str, Amounts] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(
                select(lines).where(lines.c.statement_id.in_(statement_ids))
            ):
                known = sums.get(row.statement_id, Amounts(0, 0, 0, 0))
                sums[row.statement_id] = Amounts(
                    *map(sum, zip(known, amounts.added(row), strict=True))
                )
        return sums

    def _lines(self, condition: ColumnElement[bool]) -> list[StatementLine]:
        asked = (
            select(lines)
            .where(condition)
            .order_by(lines.c.day.desc(), lines.c.agreement_id, lines.c.own_day, lines.c.rate_bps)
        )
        return [line_of(row) for row in self._rows(asked)]

    def _charges(self, condition: ColumnElement[bool]) -> list[ChargeOf]:
        asked = (
            select(charges)
            .where(condition)
            .order_by(charges.c.prepared_at.desc(), charges.c.number.desc(), charges.c.charge_id)
        )
        return [charge_of(row) for row in self._rows(asked)]

    def _transfers(self, condition: ColumnElement[bool]) -> list[TransferTo]:
        asked = (
            select(transfers)
            .where(condition)
            .order_by(transfers.c.releases_at.desc(), transfers.c.transfer_id)
        )
        return [transfer_of(row) for row in self._rows(asked)]

    def _rows(self, asked: Any) -> list[Row[Any]]:
        with self._engine.connect() as connection:
            return list(connection.execute(asked.limit(_MOST_ROWS)))
