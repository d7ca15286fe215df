"""Writes what a close counted into `daily_closed`, so that pages and analysts read exact rows.

One row per agreement, own day and fee group; written again, it is the same row.
"""

from collections import defaultdict
from typing import Final

from sqlalchemy import Engine

from settlement.ledger import counts
from settlement.ledger.counts import Cell
from settlement.plans import PlannedClose
from streams.facts import REFUSALS
from warehouse.store import Store

_AMOUNTS: Final = (
    "gross_minor",
    "fee_minor",
    "partner_fee_minor",
    "payer_fee_minor",
    "debit_minor",
    "credit_minor",
)
_COLUMNS: Final = (
    *("advertiser_id", "partner_id", "site_id", "agreement_id", "objective_id", "objective_type"),
    *("closed_day", "day", "month", "currency", "fee_rate_bps", "payer_share_bps"),
    *("tracked", "billable", *REFUSALS, "reversed"),
    *_AMOUNTS,
)


class ClosedRows:
    """From the books into the warehouse."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store

    def write(self, close: PlannedClose) -> None:
        """All rows of a close in one block; none for an empty day."""
        with self._engine.begin() as connection:
            cells = counts.of_close(connection, close.advertiser_id, close.day)
        if cells:
            rows = [_row(close, cell) for cell in cells]
            values = [[row[name] for row in rows] for name in _COLUMNS]
            self._store.insert("daily_closed", _COLUMNS, values)


def _row(close: PlannedClose, cell: Cell) -> dict[str, object]:
    dispositions: defaultdict[str, int] = defaultdict(int, cell.dispositions)
    amounts = cell.amounts
    return {
        "advertiser_id": close.advertiser_id,
        "partner_id": cell.partner_id,
        "site_id": cell.site_id,
        "agreement_id": cell.agreement_id,
        "objective_id": cell.objective_id,
        "objective_type": cell.objective_type,
        "closed_day": close.day,
        "day": cell.own_day,
        "month": cell.month,
        "currency": cell.currency,
        "fee_rate_bps": cell.group.rate_bps,
        "payer_share_bps": cell.group.payer_share_bps,
        "tracked": sum(dispositions.values()),
        "billable": dispositions["billable"],
        "reversed": 0,
        **{name: dispositions[name] for name in REFUSALS},
        **{name: getattr(amounts, name) for name in _AMOUNTS},
    }
