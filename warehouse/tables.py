"""A table's columns, and whether a row fits them: known before it is written, while its line is.

The driver would refuse a whole batch for one number that is too large, without saying which.
"""

import struct
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any, Final

Row = tuple[Any, ...]

MISFITS: Final = (ValueError, OverflowError, OSError, struct.error)
"""What making or checking a row raises for a day, zone or number that no column can hold."""

# The widths of the integer columns: q Int64 (also of times), Q UInt64, I UInt32, H UInt16.
WIDTHS: Final = {
    **dict.fromkeys(("occurred_at", "received_at", "started_at", "ended_at", "at"), "q"),
    **dict.fromkeys(("touch_at", "watermark", "token_clicked_at", "value_minor"), "q"),
    **dict.fromkeys(("price_minor", "budget_minor", "candidate_budget_minor"), "q"),
    **dict.fromkeys(("before_minor", "after_minor"), "q"),
    **dict.fromkeys(("pin", "version", "sequence", "offset"), "Q"),
    **dict.fromkeys(("touch_offset", "candidate_offset"), "Q"),
    **dict.fromkeys(("pages", "events", "terms_version", "hold_days", "hour"), "I"),
    **dict.fromkeys(("budget_version", "candidate_budget_version"), "I"),
    **dict.fromkeys(("fee_rate_bps", "payer_share_bps"), "I"),
    **dict.fromkeys(("partition", "touch_partition", "candidate_partition"), "H"),
    **dict.fromkeys(("line", "touch_line", "candidate_line"), "H"),
}
NULLABLE: Final = ("value_minor", "token_clicked_at")

WITHHELD: Final = (
    "events.networks",
    "events.visitor",
    "sessions.visitor",
    "touches.visitor",
    "conversions.visitor",
    "dead_letters.head",
)
"""Columns of keyed hashes of a person, as TABLE.COLUMN: analysts are not granted them.

The head of a dead letter is the beginning of an event, hashes and all.
"""

_FIRST_DAY: Final = date(1970, 1, 1)
_LAST_DAY: Final = date(2149, 6, 6)


class Table:
    """`columns`: those a row has values for, in their order; others keep their defaults."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self.name = name
        self.columns = tuple(columns)
        always = [name for name in columns if name in WIDTHS and name not in NULLABLE]
        self._numbers = itemgetter(*map(self.columns.index, always))
        self._check = struct.Struct("<" + "".join(WIDTHS[name] for name in always)).pack
        self._nullable = [self.columns.index(name) for name in NULLABLE if name in columns]

    def fitting(self, row: Row) -> Row:
        """The row itself; raises MISFITS when a number does not fit its column."""
        self._check(*self._numbers(row))
        for position in self._nullable:
            if row[position] is not None:
                _check_nullable(row[position])
        return row


_check_nullable = struct.Struct("<q").pack


def day_cell(day: str) -> date:
    """The value of a Date column; raises ValueError for a day that is none, or out of its range."""
    value = date.fromisoformat(day)
    if not _FIRST_DAY <= value <= _LAST_DAY:
        raise ValueError(f"the day {day} is out of range")
    return value
