"""What a partner earned in a month: pending, held and paid, which add up, row by row.

Every row that is not paid names its cause and whose move it is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from dashboards.views import figures, moments
from dashboards.views.billing import State, line_note
from dashboards.views.parties import Parties
from dashboards.views.results import NOTHING, Results, plus
from partnerships.money import Amounts
from settlement.statements import StatementLine, TransferTo

_PENDING: Final = State("Pending", "wait")
_HELD: Final = State("Held", "wait")
_PAID: Final = State("Paid", "good")
_LATE: Final = State("Payment late", "late")


class Charged(NamedTuple):
    """The charge that takes a statement, "" while none does, and its state."""

    charge_id: str
    state: str


@dataclass(frozen=True, slots=True)
class Books:
    """What settlement says of a partner: lines, the charges that take them, transfers."""

    lines: Sequence[StatementLine] = ()
    charged: Mapping[str, Charged] = field(default_factory=dict)
    transfers: Sequence[TransferTo] = ()

    def transfer_of(self, line: StatementLine) -> TransferTo | None:
        """The transfer that carries a line's credit, once its charge succeeded."""
        charge_id = self.charged.get(line.statement_id, Charged("", "")).charge_id
        return next((each for each in self.transfers if each.charge_id == charge_id), None)


@dataclass(frozen=True, slots=True)
class EarningRow:
    """A closed day, or what is open, of one agreement; amounts with their currency."""

    day: str
    name: str
    agreement_id: str
    results: str
    gross: str
    fee: str
    money: str
    state: State
    cause: str


@dataclass(frozen=True, slots=True)
class Sums:
    """earned = pending + held + paid, by currency; minor units. `next_transfer`: a sentence."""

    earned: Mapping[str, int]
    pending: Mapping[str, int]
    held: Mapping[str, int]
    paid: Mapping[str, int]
    next_transfer: str


@dataclass(frozen=True, slots=True)
class Earnings:
    """A month. `formulas`: how each agreement comes to its sum."""

    month: str
    sums: Sums
    formulas: tuple[str, ...]
    rows: tuple[EarningRow, ...]


def sums_of(month: str, earned: Mapping[str, int], books: Books, zone: str) -> Sums:
    """The three states of a month. `earned`: what the month's results come to, by currency."""
    held: defaultdict[str, int] = defaultdict(int)
    paid: defaultdict[str, int] = defaultdict(int)
    for line in books.lines:
        if line.month == month and (transfer := books.transfer_of(line)):
            into = paid if transfer.state == "sent" else held
            into[line.currency] += line.added.credit_minor
    pending = {
        currency: minor - held[currency] - paid[currency] for currency, minor in earned.items()
    }
    return Sums(dict(earned), pending, dict(held), dict(paid), _next_transfer(books, zone))


def _next_transfer(books: Books, zone: str) -> str:
    waiting = [each for each in books.transfers if each.state != "sent"]
    if not waiting:
        return ""
    first = min(_release_day(each, zone) for each in waiting)
    due: defaultdict[str, int] = defaultdict(int)
    for each in waiting:
        if _release_day(each, zone) == first:
            due[each.currency] += each.amount_minor
    return f"Next transfer: {moments.day(first)}, {figures.sums(due, '')}"


def _release_day(transfer: TransferTo, zone: str) -> date:
    return moments.local(moments.to_ms(transfer.releases_at), zone).date()


def earnings(
    month: str,
    results: Results,
    books: Books,
    parties: Parties,
    zone: str,
) -> Earnings:
    """A month of a partner; `results`: all of it, closed or not."""
    earned: defaultdict[str, int] = defaultdict(int)
    by_agreement: defaultdict[tuple[str, str], Amounts] = defaultdict(lambda: NOTHING)
    counts: defaultdict[str, int] = defaultdict(int)
    for each in results.decided:
        earned[each.currency] += each.added.credit_minor
        key = (each.agreement_id, each.currency)
        by_agreement[key] = plus(by_agreement[key], each.added)
        counts[each.agreement_id] += each.billable
    lines = [line for line in books.lines if line.month == month]
    open_rows = [
        _open_row(agreement_id, currency, whole, counts[agreement_id], lines, parties)
        for (agreement_id, currency), whole in by_agreement.items()
    ]
    return Earnings(
        month=month,
        sums=sums_of(month, earned, books, zone),
        formulas=tuple(
            _formula(agreement_id, currency, whole, counts[agreement_id], parties)
            for (agreement_id, currency), whole in by_agreement.items()
            if whole.gross_minor
        ),
        rows=(
            *(row for row in open_rows if row),
            *(_line_row(line, books, parties, zone) for line in lines),
        ),
    )


def _formula(agreement_id: str, currency: str, whole: Amounts, count: int, parties: Parties) -> str:
    """`61 × 12.00 = 732.00 − fee 91.50 = 640.50`."""
    sheet = parties.sheet(agreement_id)
    name = parties.other_name(sheet) if sheet else agreement_id
    gross = figures.amount(whole.gross_minor, currency)
    fee = figures.amount(whole.partner_fee_minor, currency)
    times = f"{figures.count(count)} results"
    if sheet and sheet.terms.price_minor * count == whole.gross_minor:
        price = figures.amount(sheet.terms.price_minor, currency)
        times = f"{figures.count(count)}{figures.NBSP}\u00d7{figures.NBSP}{price}"
    got = figures.money(whole.credit_minor, currency)
    return f"{name}: {times} = {gross} {figures.MINUS} fee {fee} = {got}"


def _open_row(
    agreement_id: str,
    currency: str,
    whole: Amounts,
    count: int,
    lines: Sequence[StatementLine],
    parties: Parties,
) -> EarningRow | None:
    """What no close has billed yet; None when there is nothing."""
    stated = [line for line in lines if line.agreement_id == agreement_id]
    left, results = whole, count
    for line in stated:
        left, results = left.less(line.added), results - line.conversions
    if not results and not left.credit_minor:
        return None
    sheet = parties.sheet(agreement_id)
    return EarningRow(
        day="Not closed yet",
        name=parties.other_name(sheet) if sheet else agreement_id,
        agreement_id=agreement_id,
        results=figures.count(results),
        gross=figures.money(left.gross_minor, currency),
        fee=figures.money(left.partner_fee_minor, currency),
        money=figures.money(left.credit_minor, currency),
        state=_PENDING,
        cause="so far; the day closes after midnight",
    )


def _line_row(line: StatementLine, books: Books, parties: Parties, zone: str) -> EarningRow:
    sheet = parties.sheet(line.agreement_id)
    state, cause = _standing(line, books, zone)
    return EarningRow(
        day=moments.day_of_year(line.day),
        name=parties.other_name(sheet) if sheet else line.agreement_id,
        agreement_id=line.agreement_id,
        results=figures.count(line.conversions),
        gross=figures.money(line.added.gross_minor, line.currency),
        fee=figures.money(line.added.partner_fee_minor, line.currency),
        money=figures.money(line.added.credit_minor, line.currency),
        state=state,
        cause=", ".join(part for part in (cause, line_note(line)) if part),
    )


def _standing(line: StatementLine, books: Books, zone: str) -> tuple[State, str]:
    transfer = books.transfer_of(line)
    if transfer is None:
        return _uncollected(books.charged.get(line.statement_id, Charged("", "")))
    if transfer.state == "sent":
        assert transfer.sent_at is not None, "a sent transfer has its time"
        return (
            _PAID,
            f"on {moments.day(moments.local(moments.to_ms(transfer.sent_at), zone).date())}",
        )
    if transfer.reason == "under_minimum":
        return _HELD, "under your least transfer, grows until then"
    if transfer.reason == "no_account":
        return _HELD, "add your bank details"
    if transfer.state == "held":
        return _HELD, f"hold, until {moments.day(_release_day(transfer, zone))}"
    return _HELD, "being sent"


def _uncollected(charged: Charged) -> tuple[State, str]:
    if charged.state == "declined":
        return _LATE, "waiting for the advertiser's bank"
    if charged.charge_id and charged.state != "cancelled":
        return _PENDING, "being charged"
    return _PENDING, "waits for the next charge"
