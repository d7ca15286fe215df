"""What the close of a day bills of one purse: which decisions, in which lines, counted how.

A close takes every verified decision of its own day, and of earlier days those that no close
before it has taken (late lines); later days wait (rules.md §9).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from partnerships.money import FeeGroup
from settlement.decisions import Decision, PurseId
from settlement.lines import Line, digest_of, grown
from settlement.purses import Broken, Verified, following


class Tally(NamedTuple):
    """What decisions that a close takes are counted by: their purse, day, terms and disposition."""

    purse: PurseId
    partner_id: str
    site_id: str
    objective_id: str
    objective_type: str
    currency: str
    own_day: date
    group: FeeGroup
    disposition: str


class Billed(NamedTuple):
    """A line and the conversions it bills, in the order of their sequence."""

    line: Line
    conversion_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PurseClose:
    """One purse at one close: its state after, its lines in their order, and its counts."""

    purse: PurseId
    verified: Verified
    broken: Broken | None
    billed: tuple[Billed, ...]
    tallies: Mapping[Tally, int]


def close_purse(
    day: date,
    purse: PurseId,
    verified: Verified,
    billed_gross: Mapping[FeeGroup, int],
    decisions: Iterable[Decision],
) -> PurseClose:
    """Close `day` for one purse, holding no more than the ids of what it bills.

    `verified`: the purse as the close before left it. `billed_gross`: what was billed so far, by
    fee group. `decisions`: in the order of their sequence, those that follow `verified` up to the
    snapshot and those of `day` that it already covers.
    """
    after, broken = verified, None
    tallies: Counter[Tally] = Counter()
    takings: dict[tuple[date, FeeGroup], _Taking] = {}
    for decision in decisions:
        if decision.sequence > verified.sequence:
            follows = following(after, decision)
            if isinstance(follows, Broken):
                broken = follows
                break
            after = follows
        if _takes(decision, day, verified):
            tallies[_tally(decision)] += 1
            _take(takings, decision)
    return PurseClose(purse, after, broken, tuple(_billed(billed_gross, takings)), tallies)


def _takes(decision: Decision, day: date, verified: Verified) -> bool:
    return decision.day == day or (decision.day < day and decision.sequence > verified.sequence)


def _tally(decision: Decision) -> Tally:
    return Tally(
        decision.purse,
        decision.partner_id,
        decision.site_id,
        decision.objective_id,
        decision.objective_type,
        decision.currency,
        decision.day,
        decision.group,
        decision.disposition,
    )


@dataclass(slots=True)
class _Taking:
    """What becomes one line, while it is being counted."""

    first: Decision
    gross_minor: int = 0
    hold_days: int = 0
    budget_minor: int = 0
    chargeable: bool = True
    conversion_ids: list[str] = field(default_factory=list)


def _take(takings: dict[tuple[date, FeeGroup], _Taking], decision: Decision) -> None:
    if decision.disposition != "billable":
        return
    taking = takings.setdefault((decision.day, decision.group), _Taking(decision))
    taking.gross_minor += decision.price_minor
    taking.hold_days = max(taking.hold_days, decision.hold_days)
    taking.budget_minor = max(taking.budget_minor, decision.budget_minor)
    taking.chargeable &= decision.after_minor <= decision.budget_minor
    taking.conversion_ids.append(decision.conversion_id)


def _billed(
    billed_gross: Mapping[FeeGroup, int], takings: Mapping[tuple[date, FeeGroup], _Taking]
) -> Iterator[Billed]:
    """Lines of earlier days first, so that their order is one and the same."""
    gross = dict(billed_gross)
    for own_day, group in sorted(takings):
        taking = takings[own_day, group]
        line = _line(taking, gross.get(group, 0))
        gross[group] = gross.get(group, 0) + line.added.gross_minor
        yield Billed(line, tuple(taking.conversion_ids))


def _line(taking: _Taking, gross_minor: int) -> Line:
    first = taking.first
    before, after = grown(gross_minor, taking.gross_minor, first.group)
    return Line(
        agreement_id=first.agreement_id,
        partner_id=first.partner_id,
        month=first.month,
        group=first.group,
        currency=first.currency,
        own_day=first.day,
        conversions=len(taking.conversion_ids),
        before=before,
        after=after,
        hold_days=taking.hold_days,
        budget_minor=taking.budget_minor,
        digest=digest_of(taking.conversion_ids),
        chargeable=taking.chargeable,
    )
