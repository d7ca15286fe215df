"""One result and everything that is known of it: what a *why* is told from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.views import moments
from dashboards.views.results import Side
from partnerships import AgreementSheet
from partnerships.money import FeeGroup
from partnerships.terms import next_cost_minor


@dataclass(frozen=True, slots=True)
class First:
    """Of a duplicate, the result that counted: when, and for whom.

    `own`: it was credited to the same partner. `later`: its click came after this one's.
    """

    at_ms: int
    partner_name: str
    own: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Case:
    """`row`: of the question `conversion_by_id`. `side`: who is told.

    `partner_name`: of the partner it is credited to. `host`: where it happened, "" when that is
    no longer kept. `gross_before`: what the purse held then.
    """

    row: Mapping[str, Any]
    side: Side
    sheet: AgreementSheet
    first: First | None = None
    host: str = ""
    gross_before: Mapping[FeeGroup, int] | None = None
    full_ms: int | None = None

    @property
    def disposition(self) -> str:
        found: str = self.row["disposition"]
        return found

    @property
    def zone(self) -> str:
        found: str = self.row["zone"]
        return found

    @property
    def group(self) -> FeeGroup:
        return FeeGroup(self.row["fee_rate_bps"], self.row["payer_share_bps"])

    @property
    def objective(self) -> str:
        """Its name, such as `Sale`."""
        return self.sheet.objective.name

    @property
    def next_cost_minor(self) -> int:
        """What it would have added to the purse."""
        return next_cost_minor(self.gross_before or {}, self.group, self.row["price_minor"])

    @property
    def gap_days(self) -> int:
        """Whole days from click to result, rounded up: a day begun is a day."""
        day_ms = 24 * 3_600_000
        return -(-(self.ms("at") - self.ms("touch_at")) // day_ms)

    def ms(self, column: str) -> int:
        """A time of the row, in epoch milliseconds."""
        return moments.to_ms(self.row[column])

    def when(self, at_ms: int) -> str:
        """A time as the page writes it."""
        return moments.moment(at_ms, self.zone)
