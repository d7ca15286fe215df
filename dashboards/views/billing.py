"""What an advertiser is charged: the next charge so far, statements by day, and past charges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from dashboards.views import figures, moments
from dashboards.views.reasons import WORDS
from dashboards.views.results import NOTHING, plus
from partnerships.money import Amounts
from settlement.statements import ChargeOf, Statement, StatementLine

Tone = Literal["good", "wait", "late", "bad"]


class State(NamedTuple):
    """A state in a plain word, and the kind of mark beside it."""

    word: str
    tone: Tone


_CARRIED: Final = State("Waits for the next charge", "wait")
_CHARGES: Final[Mapping[str, State]] = {
    "prepared": State("Being charged", "wait"),
    "created": State("Being charged", "wait"),
    "processing": State("Being charged", "wait"),
    "declined": State("Declined", "bad"),
    "succeeded": State("Charged", "good"),
    "cancelled": State("Cancelled", "late"),
}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One stated day. `money`: with its currency."""

    id: str
    day: str
    results: str
    refused: str
    money: str
    state: State


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One charge. `when`: settled, or prepared while it is not."""

    id: str
    number: str
    money: str
    state: State
    reason: str
    when: str


@dataclass(frozen=True, slots=True)
class Billing:
    """`next_charge`: what the next charge will take so far; `open`, `carried`: its two parts."""

    next_charge: str
    open: str
    carried: str
    statements: tuple[StatementRow, ...]
    charges: tuple[ChargeRow, ...]


def billing(
    open_minor: int,
    statements: Sequence[Statement],
    charges: Sequence[ChargeOf],
    currency: str,
    zone: str,
) -> Billing:
    """`open_minor`: of days that are not closed; all amounts in the account's currency."""
    carried = sum(
        statement.amounts.debit_minor
        for statement in statements
        if statement.currency == currency and not statement.charge_id
    )
    return Billing(
        next_charge=figures.money(open_minor + carried, currency),
        open=figures.money(open_minor, currency),
        carried=figures.money(carried, currency) if carried else "",
        statements=tuple(map(_statement_row, statements)),
        charges=tuple(_charge_row(each, zone) for each in charges),
    )


def state_of(charge_state: str) -> State:
    """Of a statement whose charge is in this state; "" while no charge takes it."""
    carried = not charge_state or charge_state == "cancelled"
    return _CARRIED if carried else _CHARGES[charge_state]


def _statement_row(statement: Statement) -> StatementRow:
    billable = statement.dispositions.get("billable", 0)
    refused = sum(statement.dispositions.values()) - billable
    return StatementRow(
        id=statement.statement_id,
        day=moments.day_of_year(statement.day),
        results=figures.count(billable),
        refused=figures.count(refused),
        money=figures.money(statement.amounts.debit_minor, statement.currency),
        state=state_of(statement.charge_state),
    )


def _charge_row(charge: ChargeOf, zone: str) -> ChargeRow:
    at = charge.settled_at or charge.prepared_at
    return ChargeRow(
        id=charge.charge_id,
        number=figures.count(charge.number),
        money=figures.money(charge.amount_minor, charge.currency),
        state=_CHARGES[charge.state],
        reason=charge.reason.replace("_", " "),
        when=moments.moment_of_year(moments.to_ms(at), zone),
    )


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a statement, bare amounts in its currency. `note`: what is special about it."""

    agreement_id: str
    name: str
    results: str
    gross: str
    payer_fee: str
    debit: str
    credit: str
    fee: str
    digest: str
    note: str


@dataclass(frozen=True, slots=True)
class StatementSheet:
    """A statement in full. `equation`: the charge as transfers and fees."""

    id: str
    day: str
    zone: str
    currency: str
    money: str
    state: State
    lines: tuple[LineRow, ...]
    total: LineRow
    refused: tuple[tuple[str, str], ...]
    identity: str
    equation: str


def statement_sheet(
    statement: Statement,
    lines: Sequence[StatementLine],
    names: Mapping[str, str],
    zone: str,
) -> StatementSheet:
    """`names`: of agreements, by id."""
    total = NOTHING
    for line in lines:
        total = plus(total, line.added)
    currency = statement.currency
    billable = statement.dispositions.get("billable", 0)
    refusals = {k: v for k, v in statement.dispositions.items() if k != "billable" and v}
    refused = sum(refusals.values())
    return StatementSheet(
        id=statement.statement_id,
        day=moments.day_of_year(statement.day),
        zone=zone,
        currency=currency,
        money=figures.money(total.debit_minor, currency),
        state=state_of(statement.charge_state),
        lines=tuple(
            _line_row(line, names.get(line.agreement_id, line.agreement_id)) for line in lines
        ),
        total=_amounts_row("", "All", sum(line.conversions for line in lines), total, currency),
        refused=tuple(
            (WORDS.get(code, code), figures.count(number))
            for code, number in sorted(refusals.items(), key=lambda item: (-item[1], item[0]))
        ),
        identity=(
            f"{figures.count(billable + refused)} tracked = {figures.count(billable)} billable"
            f" + {figures.count(refused)} refused"
        ),
        equation=(
            f"{figures.money(total.debit_minor, currency)} = transfers"
            f" {figures.amount(total.credit_minor, currency)} + fees"
            f" {figures.amount(total.fee_minor, currency)}"
        ),
    )


def line_note(line: StatementLine) -> str:
    """What a reader must know of a line beside its numbers."""
    notes = []
    if line.late:
        notes.append(f"late, of {moments.day(line.own_day)}")
    if not line.chargeable:
        notes.append("unbilled until explained")
    return ", ".join(notes)


def _line_row(line: StatementLine, name: str) -> LineRow:
    return _amounts_row(
        line.agreement_id,
        name,
        line.conversions,
        line.added,
        line.currency,
        digest=line.digest,
        note=line_note(line),
    )


def _amounts_row(
    agreement_id: str,
    name: str,
    conversions: int,
    added: Amounts,
    currency: str,
    *,
    digest: str = "",
    note: str = "",
) -> LineRow:
    return LineRow(
        agreement_id=agreement_id,
        name=name,
        results=figures.count(conversions),
        gross=figures.amount(added.gross_minor, currency),
        payer_fee=figures.amount(added.payer_fee_minor, currency),
        debit=figures.amount(added.debit_minor, currency),
        credit=figures.amount(added.credit_minor, currency),
        fee=figures.amount(added.fee_minor, currency),
        digest=digest,
        note=note,
    )
