"""What a close reads from the warehouse: the watermark, the purses' heads, their decisions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from settlement.clock import to_ms
from settlement.decisions import Decision, PurseId, decision_of
from settlement.plans import Head
from warehouse.store import Store

# A question's text stays far below ClickHouse's limit of 256 KiB.
_PURSES_PER_QUESTION: Final = 500


@dataclass(frozen=True, slots=True)
class Advertiser:
    """An advertiser with decided conversions: its zone, and the day of its first."""

    advertiser_id: str
    zone: str
    first_day: date


@dataclass(frozen=True, slots=True)
class Heads:
    """The snapshot of an advertiser: each purse's highest sequence, and the days it holds."""

    heads: Mapping[PurseId, int]
    days: Mapping[PurseId, frozenset[date]]

    def touched(self, day: date, verified: Mapping[PurseId, int]) -> tuple[Head, ...]:
        """The heads of the purses that the close of a day must read, in the order of their ids."""
        return tuple(
            Head(agreement_id=purse.agreement_id, month=purse.month, sequence=head)
            for purse, head in sorted(self.heads.items())
            if head > verified.get(purse, 0) or day in self.days[purse]
        )


class Evidence:
    """Reads through the warehouse's door. `partitions`: how many `candidates` has."""

    def __init__(self, store: Store, partitions: int) -> None:
        self._store = store
        self._partitions = partitions

    def watermark(self) -> datetime | None:
        """All that was received before it is loaded; None before every partition was heard."""
        (row,) = self._store.ask("watermark", partitions=self._partitions)
        found: datetime | None = row["watermark"]
        return found

    def advertisers(self) -> list[Advertiser]:
        """In the order of their ids."""
        return [
            Advertiser(row["advertiser_id"], row["zone"], row["first_day"])
            for row in self._store.ask("closing_advertisers")
        ]

    def heads(self, advertiser_id: str, watermark: datetime) -> Heads:
        """The advertiser's purses as they stood at the watermark."""
        rows = self._store.ask(
            "closing_heads", advertiser=advertiser_id, before_ms=to_ms(watermark)
        )
        purses = [PurseId(row["agreement_id"], row["month"]) for row in rows]
        return Heads(
            {purse: row["head"] for purse, row in zip(purses, rows, strict=True)},
            {purse: frozenset(row["days"]) for purse, row in zip(purses, rows, strict=True)},
        )

    def decisions(
        self,
        advertiser_id: str,
        day: date,
        heads: Sequence[Head],
        verified: Mapping[PurseId, int],
    ) -> Iterator[Decision]:
        """Purse after purse, in the order of the heads, each in the order of its sequence."""
        for start in range(0, len(heads), _PURSES_PER_QUESTION):
            some = heads[start : start + _PURSES_PER_QUESTION]
            rows = self._store.stream(
                "closing_decisions",
                advertiser=advertiser_id,
                day=day,
                purses=["/".join(head.purse) for head in some],
                heads=[head.sequence for head in some],
                verified=[verified.get(head.purse, 0) for head in some],
            )
            yield from map(decision_of, rows)
