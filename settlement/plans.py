"""A plan: everything an apply will do, in a canonical form whose hash names it.

The same books and the same decisions give the same bytes, so a plan that was read can be told
from any other; it holds no time of its own making.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

import msgspec

from settlement.charges import Outcome, Part
from settlement.decisions import PurseId
from settlement.lines import Line

FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The highest sequence of a purse in the snapshot of a close."""

    agreement_id: str
    month: str
    sequence: int

    @property
    def purse(self) -> PurseId:
        """Whose sequence it is."""
        return PurseId(self.agreement_id, self.month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many decisions of one disposition a close takes, over all its purses."""

    disposition: str
    conversions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """A purse that stays unbilled from a sequence on, and why."""

    agreement_id: str
    month: str
    sequence: int
    conversion_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedClose:
    """The close of one advertiser's day."""

    advertiser_id: str
    day: date
    zone: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    counted: tuple[Counted, ...]
    unverified: tuple[Unverified, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCharge:
    """What an advertiser owes in one currency after the closes, and whether it is charged now.

    `number`: counts the advertiser's charges in the currency, from 1.
    """

    advertiser_id: str
    currency: str
    number: int
    outcome: Outcome
    amount_minor: int
    fee_minor: int
    statement_ids: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Closes in the order in which they are applied, then charges."""

    format: int = FORMAT
    closes: tuple[PlannedClose, ...] = ()
    charges: tuple[PlannedCharge, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing to close and nothing to charge."""
        return not self.closes and not any(c.outcome == "charge" for c in self.charges)


def encoded(plan: Plan) -> bytes:
    """The canonical JSON of a plan."""
    return msgspec.json.encode(plan, order="sorted")


def decoded(body: bytes) -> Plan:
    """The plan of its canonical JSON."""
    return msgspec.json.decode(body, type=Plan)


def hash_of(plan: Plan) -> str:
    """The name of a plan: SHA-256 of its canonical JSON, in hex."""
    return sha256(encoded(plan)).hexdigest()
