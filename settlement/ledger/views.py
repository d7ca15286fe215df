"""What the read side shows of statements, lines, charges and transfers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from partnerships.money import Amounts, FeeGroup
from settlement.ledger import amounts


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an advertiser and its state: snapshotted, accrued or stated (closed)."""

    advertiser_id: str
    day: date
    zone: str
    state: str
    watermark: datetime
    stated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Statement:
    """An advertiser's day in one currency: tracked = billable + every refusal.

    `charge_id`, `charge_state`: of the charge that takes it; "" while it is carried.
    """

    statement_id: str
    advertiser_id: str
    day: date
    currency: str
    dispositions: Mapping[str, int]
    amounts: Amounts
    charge_id: str
    charge_state: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What one close added to a month's fee group; `late`: its results are of an earlier day."""

    line_id: str
    statement_id: str
    advertiser_id: str
    partner_id: str
    agreement_id: str
    month: str
    day: date
    own_day: date
    late: bool
    group: FeeGroup
    currency: str
    conversions: int
    before: Amounts
    after: Amounts
    added: Amounts
    chargeable: bool
    digest: str


@dataclass(frozen=True, slots=True)
class ChargeOf:
    """A charge of an advertiser; `reason`: the bank's for a decline."""

    charge_id: str
    advertiser_id: str
    currency: str
    number: int
    amount_minor: int
    state: str
    reason: str
    intent_id: str
    stripe_charge_id: str
    prepared_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferTo:
    """A partner's part of a charge; `reason`: why it waits."""

    transfer_id: str
    charge_id: str
    partner_id: str
    currency: str
    amount_minor: int
    state: str
    reason: str
    releases_at: datetime
    stripe_transfer_id: str
    sent_at: datetime | None


def line_of(row: Row[Any]) -> StatementLine:
    """The line of a row of `lines`."""
    return StatementLine(
        row.line_id,
        row.statement_id,
        row.advertiser_id,
        row.partner_id,
        row.agreement_id,
        row.month,
        row.day,
        row.own_day,
        row.late,
        FeeGroup(row.rate_bps, row.payer_share_bps),
        row.currency,
        row.conversions,
        amounts.before(row),
        amounts.after(row),
        amounts.added(row),
        row.chargeable,
        row.digest,
    )


def charge_of(row: Row[Any]) -> ChargeOf:
    """The charge of a row of `charges`."""
    return ChargeOf(
        row.charge_id,
        row.advertiser_id,
        row.currency,
        row.number,
        row.amount_minor,
        row.state,
        row.reason,
        row.intent_id or "",
        row.stripe_charge_id or "",
        row.prepared_at,
        row.settled_at,
    )


def transfer_of(row: Row[Any]) -> TransferTo:
    """The transfer of a row of `transfers`."""
    return TransferTo(
        row.transfer_id,
        row.charge_id,
        row.partner_id,
        row.currency,
        row.amount_minor,
        row.state,
        row.reason,
        row.releases_at,
        row.stripe_transfer_id or "",
        row.sent_at,
    )
