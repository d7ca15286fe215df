"""What a close reads of a conversion that the streams decided."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from partnerships.money import FeeGroup


class PurseId(NamedTuple):
    """Which purse: the budget of one agreement in one month (`YYYY-MM`)."""

    agreement_id: str
    month: str


class Decision(NamedTuple):
    """A conversion as the warehouse shows it: its price, its terms, and its place in its purse.

    `sequence`: gapless in its purse over all dispositions. `candidate_budget_*`: the budget that
    its candidate carried; `budget_*`: the newer one, perhaps, that it was judged by.
    `before_minor`, `after_minor`: what the purse had used.
    """

    conversion_id: str
    agreement_id: str
    partner_id: str
    site_id: str
    objective_id: str
    objective_type: str
    month: str
    day: date
    sequence: int
    disposition: str
    price_minor: int
    currency: str
    fee_rate_bps: int
    payer_share_bps: int
    hold_days: int
    candidate_budget_version: int
    candidate_budget_minor: int
    budget_version: int
    budget_minor: int
    before_minor: int
    after_minor: int

    @property
    def purse(self) -> PurseId:
        """The purse that was asked."""
        return PurseId(self.agreement_id, self.month)

    @property
    def stamps(self) -> tuple[str, int, int, int]:
        """What the streams' rule decides: disposition, sequence, before and after."""
        return self.disposition, self.sequence, self.before_minor, self.after_minor

    @property
    def group(self) -> FeeGroup:
        """The fee group of its own terms."""
        return FeeGroup(self.fee_rate_bps, self.payer_share_bps)


def decision_of(row: Mapping[str, object]) -> Decision:
    """A row of the question `decisions_to_close`."""
    return Decision._make(row[name] for name in Decision._fields)
