"""What a close counted and billed, per agreement, own day and fee group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, func, select

from partnerships.money import Amounts, FeeGroup
from settlement.ledger.amounts import added
from settlement.ledger.tables import lines, statements, tallies


@dataclass(frozen=True, slots=True)
class Cell:
    """The results of one agreement, own day and fee group at one close; amounts it adds."""

    agreement_id: str
    partner_id: str
    site_id: str
    objective_id: str
    objective_type: str
    month: str
    own_day: date
    currency: str
    group: FeeGroup
    dispositions: Mapping[str, int]
    amounts: Amounts


_KEY = (
    tallies.c.agreement_id,
    tallies.c.partner_id,
    tallies.c.site_id,
    tallies.c.objective_id,
    tallies.c.objective_type,
    tallies.c.month,
    tallies.c.own_day,
    statements.c.currency,
    tallies.c.rate_bps,
    tallies.c.payer_share_bps,
)


def of_close(connection: Connection, advertiser_id: str, day: date) -> list[Cell]:
    """The cells of one close, in the order of their agreement, day and group."""
    counted = func.jsonb_object_agg(tallies.c.disposition, tallies.c.conversions)
    rows = connection.execute(
        select(*_KEY, counted.label("dispositions"))
        .join(statements, statements.c.statement_id == tallies.c.statement_id)
        .where(statements.c.advertiser_id == advertiser_id, statements.c.day == day)
        .group_by(*_KEY)
        .order_by(*_KEY)
    )
    amounts = _amounts(connection, advertiser_id, day)
    return [_cell(row, amounts) for row in rows.mappings()]


_Place = tuple[str, date, FeeGroup]


def _cell(row: RowMapping, amounts: Mapping[_Place, Amounts]) -> Cell:
    group = FeeGroup(row["rate_bps"], row["payer_share_bps"])
    return Cell(
        row["agreement_id"],
        row["partner_id"],
        row["site_id"],
        row["objective_id"],
        row["objective_type"],
        row["month"],
        row["own_day"],
        row["currency"],
        group,
        dict(row["dispositions"]),
        amounts.get((row["agreement_id"], row["own_day"], group), Amounts(0, 0, 0, 0)),
    )


def _amounts(connection: Connection, advertiser_id: str, day: date) -> dict[_Place, Amounts]:
    rows = connection.execute(
        select(lines).where(lines.c.advertiser_id == advertiser_id, lines.c.day == day)
    )
    return {
        (row.agreement_id, row.own_day, FeeGroup(row.rate_bps, row.payer_share_bps)): added(row)
        for row in rows
    }
