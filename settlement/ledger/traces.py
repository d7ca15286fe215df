"""Which statement, line, charge and transfer belong together, found from any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

_FIND: Final = text(
    """
    SELECT lines.line_id, lines.statement_id, charges.charge_id, transfers.transfer_id
    FROM settlement.lines
    LEFT JOIN settlement.charge_statements
        ON charge_statements.statement_id = lines.statement_id AND NOT released AND chargeable
    LEFT JOIN settlement.charges USING (charge_id)
    LEFT JOIN settlement.transfers
        ON transfers.charge_id = charges.charge_id AND transfers.partner_id = lines.partner_id
    WHERE lines.line_id = :id OR lines.statement_id = :id OR charges.charge_id = :id
        OR charges.intent_id = :id OR charges.stripe_charge_id = :id
        OR transfers.transfer_id = :id OR transfers.stripe_transfer_id = :id
    ORDER BY lines.day, lines.line_id
    """
)
_CONVERSIONS: Final = text(
    """
    SELECT conversion_id, line_id FROM settlement.billed_conversions
    WHERE line_id = ANY(:lines) ORDER BY conversion_id LIMIT :most
    """
)
_LINES: Final = text(
    """
    SELECT conversion_id, line_id FROM settlement.billed_conversions
    WHERE conversion_id = ANY(:conversions)
    """
)


@dataclass(frozen=True, slots=True)
class Link:
    """A line with what it stands on and what took it; "" where there is none yet."""

    line_id: str
    statement_id: str
    charge_id: str
    transfer_id: str


def links(connection: Connection, object_id: str) -> list[Link]:
    """Every line that the object (line, statement, charge, transfer, Stripe's id) is about."""
    return [
        Link(row.line_id, row.statement_id, row.charge_id or "", row.transfer_id or "")
        for row in connection.execute(_FIND, {"id": object_id})
    ]


def conversions_of(connection: Connection, line_ids: Sequence[str], most: int) -> dict[str, str]:
    """Conversions of some lines, at most `most`: conversion id → line id."""
    rows = connection.execute(_CONVERSIONS, {"lines": list(line_ids), "most": most})
    return {row.conversion_id: row.line_id for row in rows}


def lines_of(connection: Connection, conversion_ids: Sequence[str]) -> dict[str, str]:
    """The line of each conversion that was billed: conversion id → line id."""
    rows = connection.execute(_LINES, {"conversions": list(conversion_ids)})
    return {row.conversion_id: row.line_id for row in rows}
