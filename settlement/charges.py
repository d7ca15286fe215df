"""What one charge takes: everything an advertiser owes in a currency, or the reason to wait."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

Outcome = Literal["charge", "carry", "open", "no_card"]
"""`carry`: under the floor. `open`: an earlier charge is not settled. `no_card`: none is known."""


class Owed(NamedTuple):
    """What one line adds to an advertiser's debt, and when the partner's part may leave."""

    statement_id: str
    partner_id: str
    credit_minor: int
    fee_minor: int
    releases_at_ms: int


class Part(NamedTuple):
    """A partner's part of a charge; `releases_at_ms`: when the last hold in it is over."""

    partner_id: str
    amount_minor: int
    releases_at_ms: int


class Sums(NamedTuple):
    """All that is owed: the amount is the parts and the fee."""

    amount_minor: int
    fee_minor: int
    statement_ids: tuple[str, ...]
    parts: tuple[Part, ...]


def summed(owed: Iterable[Owed]) -> Sums:
    """The charge of these lines; parts and statements in the order of their ids."""
    credits: defaultdict[str, int] = defaultdict(int)
    releases: defaultdict[str, int] = defaultdict(int)
    statements: set[str] = set()
    fee_minor = 0
    for line in owed:
        credits[line.partner_id] += line.credit_minor
        releases[line.partner_id] = max(releases[line.partner_id], line.releases_at_ms)
        statements.add(line.statement_id)
        fee_minor += line.fee_minor
    parts = tuple(Part(partner, credits[partner], releases[partner]) for partner in sorted(credits))
    amount_minor = fee_minor + sum(part.amount_minor for part in parts)
    return Sums(amount_minor, fee_minor, tuple(sorted(statements)), parts)


def outcome(amount_minor: int, floor_minor: int, *, is_open: bool, has_card: bool) -> Outcome:
    """Whether to charge the sum now."""
    if is_open:
        return "open"
    if amount_minor < floor_minor:
        return "carry"
    return "charge" if has_card else "no_card"
