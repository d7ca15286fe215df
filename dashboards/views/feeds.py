"""The latest results, newest first: who, what, for how much, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboards.views import figures, moments
from dashboards.views.parties import NOUNS, Parties
from dashboards.views.reasons import WORDS
from dashboards.views.results import Side
from partnerships.money import FeeGroup, amounts

_SUB_IDS: Final = ("s1", "s2", "s3", "s4", "s5")
_WHOLE_BPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class FeedRow:
    """`money`: of a billable one, what it adds where that is whole, else its price.

    `reason`: the word of a refusal, "" for a billable one; `code` says either.
    """

    id: str
    day: str
    time: str
    machine_time: str
    name: str
    what: str
    sub_ids: str
    money: str
    reason: str
    code: str


def feed(rows: list[Mapping[str, Any]], parties: Parties, zone: str) -> list[FeedRow]:
    """Rows of the question `latest_conversions`."""
    return [_row(row, parties, zone) for row in rows]


def worth_minor(side: Side, price_minor: int, group: FeeGroup) -> int:
    """What one result adds for a side; its price where fees make that no whole minor unit."""
    part_bps = group.payer_share_bps if side == "paying" else _WHOLE_BPS - group.payer_share_bps
    if price_minor * group.rate_bps * part_bps % _WHOLE_BPS**2:
        return price_minor
    one = amounts(price_minor, group)
    return one.debit_minor if side == "paying" else one.credit_minor


def sub_ids(row: Mapping[str, Any]) -> str:
    """`s1=mail s2=may`."""
    return " ".join(f"{name}={row[name]}" for name in _SUB_IDS if row[name])


def _row(row: Mapping[str, Any], parties: Parties, zone: str) -> FeedRow:
    at_ms = moments.to_ms(row["at"])
    paid = row["disposition"] == "billable"
    group = FeeGroup(row["fee_rate_bps"], row["payer_share_bps"])
    other = row["partner_id"] if parties.side == "paying" else row["advertiser_id"]
    noun = NOUNS[row["objective_type"]].capitalize()
    worth = worth_minor(parties.side, row["price_minor"], group)
    return FeedRow(
        id=row["conversion_id"],
        day=moments.day(moments.local(at_ms, zone).date()),
        time=moments.seconds(at_ms, zone),
        machine_time=moments.machine(at_ms),
        name=parties.name_of(other),
        what=f"{noun} on {row['event_path']}" if row["event_path"] else noun,
        sub_ids=sub_ids(row),
        money=figures.money(worth, row["currency"]) if paid else "",
        reason="" if paid else WORDS.get(row["disposition"], row["disposition"]),
        code=row["disposition"],
    )
