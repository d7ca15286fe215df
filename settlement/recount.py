"""Counts in the warehouse, from the conversions themselves, what the statements say was tracked."""

from collections import Counter
from datetime import date
from itertools import islice
from typing import Final

from sqlalchemy import Connection, Engine, text

from settlement.decisions import PurseId
from settlement.ledger import days
from settlement.ledger.invariants import Invariant
from warehouse.store import Store

# A question's text stays far below ClickHouse's limit of 256 KiB.
_PURSES_PER_QUESTION: Final = 500

_STATED: Final = text(
    """
    SELECT disposition, sum(conversions) AS conversions FROM settlement.tallies
    JOIN settlement.statements USING (statement_id)
    WHERE advertiser_id = :advertiser_id GROUP BY disposition
    """
)


def everything_tracked_is_stated(engine: Engine, store: Store) -> Invariant:
    """tracked = billed + each refusal: every decision of closed days is on a statement, once.

    Not counted are decisions that came after the last close (late results of the next one), and
    advertisers whose close is under way.
    """
    tracked: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    with engine.connect() as connection:
        for advertiser_id, closed_day in days.at_rest(connection).items():
            stated += _stated(connection, advertiser_id)
            tracked += _tracked(connection, store, advertiser_id, closed_day)
    figures = {
        "tracked": dict(sorted(tracked.items())),
        "stated": dict(sorted(stated.items())),
    }
    return Invariant("everything_tracked_is_stated", tracked == stated, figures)


def _stated(connection: Connection, advertiser_id: str) -> Counter[str]:
    rows = connection.execute(_STATED, {"advertiser_id": advertiser_id})
    return Counter({row.disposition: int(row.conversions) for row in rows})


def _tracked(
    connection: Connection, store: Store, advertiser_id: str, closed_day: date
) -> Counter[str]:
    counted: Counter[str] = Counter()
    purses = iter(sorted(days.verified_purses(connection, advertiser_id).items()))
    while some := dict(islice(purses, _PURSES_PER_QUESTION)):
        rows = store.ask(
            "stated_dispositions",
            advertiser=advertiser_id,
            closed_day=closed_day,
            purses=[_named(purse) for purse in some],
            verified=[state.sequence for state in some.values()],
        )
        counted.update({row["disposition"]: row["conversions"] for row in rows})
    return counted


def _named(purse: PurseId) -> str:
    return "/".join(purse)
