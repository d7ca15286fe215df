"""Makes the plan of a command: what would close, and what would then be charged, and why not."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Engine

from partnerships.money import FeeGroup
from settlement import ids
from settlement.charges import Owed, outcome, summed
from settlement.closes import purse_closes
from settlement.decisions import PurseId
from settlement.evidence import Advertiser, Evidence, Heads
from settlement.floors import floor_minor
from settlement.ledger import charges, days
from settlement.ledger.charges import Debt
from settlement.lines import Line, releases_at_ms
from settlement.plans import Counted, Head, Plan, PlannedCharge, PlannedClose, Unverified
from settlement.purses import Verified
from settlement.schedule import Asked, complete_at, days_to_close, ends_month


@dataclass(frozen=True, slots=True)
class Waiting:
    """A day that was asked for and is not complete yet."""

    advertiser_id: str
    day: date
    complete_at: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the days that have to wait."""

    plan: Plan
    waiting: tuple[Waiting, ...] = ()


class Planning:
    """Reads the books and the warehouse, writes nothing."""

    def __init__(self, engine: Engine, evidence: Evidence) -> None:
        self._engine = engine
        self._evidence = evidence

    def plan(self, asked: Asked, watermark: datetime, with_cards: frozenset[str]) -> Planned:
        """What the command asks for, from what was received before the watermark.

        Raises EarlierDaysOpen.
        """
        with self._engine.begin() as connection:
            closed = days.closed_through(connection)
        closes: list[PlannedClose] = []
        waiting: list[Waiting] = []
        for advertiser in self._evidence.advertisers():
            if asked.advertiser_id not in (None, advertiser.advertiser_id):
                continue
            wanted = days_to_close(
                advertiser.advertiser_id,
                advertiser.first_day,
                closed.get(advertiser.advertiser_id),
                asked,
            )
            complete = [day for day in wanted if complete_at(day, advertiser.zone) <= watermark]
            waiting += [
                Waiting(advertiser.advertiser_id, day, complete_at(day, advertiser.zone))
                for day in wanted[len(complete) :]
            ]
            closes += self._closes(advertiser, complete, watermark)
        return Planned(
            Plan(closes=tuple(closes), charges=self._charges(asked, closes, with_cards)),
            tuple(waiting),
        )

    def again(self, plan: Plan, with_cards: frozenset[str]) -> Plan:
        """The same closes from the same snapshots on today's books: equal, or out of date."""
        closes: list[PlannedClose] = []
        books: dict[str, _Books] = {}
        with self._engine.begin() as connection:
            closed = days.closed_through(connection)
        for close in plan.closes:
            if closed.get(close.advertiser_id, date.min) < close.day:
                known = books.get(close.advertiser_id) or self._books(close.advertiser_id)
                books[close.advertiser_id] = known
                closes.append(self._close(known, close))
        advertisers = {charge.advertiser_id for charge in plan.charges}
        owed = self._charges(None, closes, with_cards)
        return Plan(
            closes=tuple(closes),
            charges=tuple(charge for charge in owed if charge.advertiser_id in advertisers),
        )

    def _closes(
        self, advertiser: Advertiser, wanted: Iterable[date], watermark: datetime
    ) -> Iterable[PlannedClose]:
        wanted = list(wanted)
        if not wanted:
            return
        heads = self._evidence.heads(advertiser.advertiser_id, watermark)
        books = self._books(advertiser.advertiser_id)
        for day in wanted:
            yield self._close(books, _empty(advertiser, day, books.touched(heads, day)))

    def _books(self, advertiser_id: str) -> "_Books":
        with self._engine.begin() as connection:
            return _Books(
                days.verified_purses(connection, advertiser_id),
                days.billed_gross(connection, advertiser_id, date.max),
            )

    def _close(self, books: "_Books", close: PlannedClose) -> PlannedClose:
        """The close with its lines and counts; the books move on as if it were applied."""
        lines: list[Line] = []
        counted: Counter[str] = Counter()
        unverified: list[Unverified] = []
        for purse in purse_closes(self._evidence, close, books.verified, books.billed_gross):
            lines += [billed.line for billed in purse.billed]
            for tally, number in purse.tallies.items():
                counted[tally.disposition] += number
            if purse.broken:
                unverified.append(
                    Unverified(
                        agreement_id=purse.purse.agreement_id,
                        month=purse.purse.month,
                        sequence=purse.broken.sequence,
                        conversion_id=purse.broken.conversion_id,
                        reason=purse.broken.reason,
                    )
                )
            books.move(purse.purse, purse.verified, [billed.line for billed in purse.billed])
        return replace(
            close,
            lines=tuple(lines),
            counted=tuple(
                Counted(disposition=name, conversions=counted[name]) for name in sorted(counted)
            ),
            unverified=tuple(unverified),
        )

    def _charges(
        self,
        asked: Asked | None,
        closes: Iterable[PlannedClose],
        with_cards: frozenset[str],
    ) -> tuple[PlannedCharge, ...]:
        with self._engine.begin() as connection:
            debts = charges.owed(connection)
            numbers = charges.numbers(connection)
            still_open = {
                (charge.advertiser_id, charge.currency)
                for charge in charges.open_charges(connection)
            }
        month_ends = set()
        for close in closes:
            for debt, owed in _owed(close):
                debts.setdefault(debt, []).append(owed)
            if ends_month(close.day):
                month_ends.add(close.advertiser_id)
        return tuple(
            _charge(
                debt,
                debts[debt],
                numbers.get(debt, 0) + 1,
                month_ends=debt[0] in month_ends,
                is_open=debt in still_open,
                has_card=debt[0] in with_cards,
            )
            for debt in sorted(debts)
            if asked is None or asked.advertiser_id in (None, debt[0])
        )


@dataclass(slots=True)
class _Books:
    """One advertiser's purses and billed gross, moved on by each planned close."""

    verified: dict[PurseId, Verified]
    billed_gross: dict[PurseId, dict[FeeGroup, int]]

    def touched(self, heads: Heads, day: date) -> tuple[Head, ...]:
        """The heads that the close of a day must read."""
        return heads.touched(day, {purse: state.sequence for purse, state in self.verified.items()})

    def move(self, purse: PurseId, verified: Verified, lines: Iterable[Line]) -> None:
        """As if the close of this purse were applied."""
        self.verified[purse] = verified
        gross = self.billed_gross.setdefault(purse, defaultdict(int))
        for line in lines:
            gross[line.group] = gross.get(line.group, 0) + line.added.gross_minor


def _empty(advertiser: Advertiser, day: date, heads: tuple[Head, ...]) -> PlannedClose:
    return PlannedClose(
        advertiser_id=advertiser.advertiser_id,
        day=day,
        zone=advertiser.zone,
        heads=heads,
        lines=(),
        counted=(),
        unverified=(),
    )


def _owed(close: PlannedClose) -> Iterable[tuple[Debt, Owed]]:
    for line in close.lines:
        if line.chargeable:
            statement = ids.statement_id(close.advertiser_id, close.day, line.currency)
            yield (
                (close.advertiser_id, line.currency),
                Owed(
                    statement,
                    line.partner_id,
                    line.added.credit_minor,
                    line.added.fee_minor,
                    releases_at_ms(line, close.zone),
                ),
            )


def _charge(
    debt: Debt,
    owed: Iterable[Owed],
    number: int,
    *,
    month_ends: bool,
    is_open: bool,
    has_card: bool,
) -> PlannedCharge:
    advertiser_id, currency = debt
    sums = summed(owed)
    floor = floor_minor(currency, month_ends=month_ends)
    return PlannedCharge(
        advertiser_id=advertiser_id,
        currency=currency,
        number=number,
        outcome=outcome(sums.amount_minor, floor, is_open=is_open, has_card=has_card),
        amount_minor=sums.amount_minor,
        fee_minor=sums.fee_minor,
        statement_ids=sums.statement_ids,
        parts=sums.parts,
    )
