"""Whether a purse still holds a result, and every stamp of that decision (rules.md §7, §8).

Pure arithmetic over one purse (agreement and month): settlement replays the same function over
the recorded candidates and compares each stamp.
"""

from typing import Literal, NamedTuple

import msgspec

from partnerships.money import FeeGroup, used_minor, used_with_next
from streams.facts import Candidate, Disposition, Refusal


class Allowed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The highest version of an agreement's budget that any of its candidates carried."""

    version: int = 0
    budget_minor: int = 0


class Purse(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a purse decided so far: how many candidates, and the admitted gross per fee group."""

    sequence: int = 0
    gross: tuple[tuple[FeeGroup, int], ...] = ()

    @property
    def used_minor(self) -> int:
        """What it has used of the budget, payer's fees included."""
        return used_minor(dict(self.gross))


class Decision(NamedTuple):
    """A disposition and its stamps; `before` and `after` are what the purse has used."""

    disposition: Disposition
    sequence: int
    before_minor: int
    after_minor: int


def allowed(known: Allowed, candidate: Candidate) -> Allowed:
    """The budget to judge this candidate by: a version below the highest seen changes nothing."""
    if candidate.budget_version <= known.version:
        return known
    return Allowed(candidate.budget_version, candidate.budget_minor)


def decide(
    purse: Purse,
    *,
    price_minor: int,
    group: FeeGroup,
    budget_minor: int,
    refusal: Refusal | Literal[""],
) -> tuple[Purse, Decision]:
    """The purse after one more candidate, at this price, inside this budget.

    `refusal`: stage A's, or `duplicate`; "" to be judged. A candidate that the purse cannot hold
    is `over_budget`; a cheaper one may fit after it.
    """
    gross = dict(purse.gross)
    before = used_minor(gross)
    sequence = purse.sequence + 1
    after = before if refusal else used_with_next(gross, group, price_minor)
    if refusal or after > budget_minor:
        disposition: Disposition = refusal or "over_budget"
        return Purse(sequence, purse.gross), Decision(disposition, sequence, before, before)
    gross[group] = gross.get(group, 0) + price_minor
    return Purse(sequence, tuple(gross.items())), Decision("billable", sequence, before, after)
