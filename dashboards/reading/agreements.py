"""Reads the statement lines of one agreement."""

from typing import NamedTuple

from dashboards.parts import Parts
from dashboards.views import figures, moments
from dashboards.views.billing import line_note
from dashboards.views.results import Side
from partnerships import AgreementSheet
from settlement.statements import StatementLine


class AgreementLine(NamedTuple):
    """One day of an agreement as it was stated; amounts in its currency."""

    day: str
    results: str
    gross: str
    fee: str
    money: str
    note: str


def read_lines(parts: Parts, side: Side, sheet: AgreementSheet) -> list[AgreementLine]:
    """Newest first."""
    return [_line(side, each) for each in parts.statements.lines_of_agreement(sheet.id)]


def _line(side: Side, line: StatementLine) -> AgreementLine:
    added = line.added
    fee = added.payer_fee_minor if side == "paying" else added.partner_fee_minor
    money = added.debit_minor if side == "paying" else added.credit_minor
    return AgreementLine(
        day=moments.day_of_year(line.day),
        results=figures.count(line.conversions),
        gross=figures.amount(added.gross_minor, line.currency),
        fee=figures.amount(fee, line.currency),
        money=figures.amount(money, line.currency),
        note=line_note(line),
    )
