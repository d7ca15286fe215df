from datetime import UTC, date, datetime
from typing import Any

from streams.facts import REFUSALS
from tests.warehouse.facts_of import at, conversion
from tests.warehouse.filling import fill
from warehouse.store import Store


def rows_of(store: Store, query: str) -> list[dict[str, Any]]:
    answer = store.execute(query)
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


def test_tracked_is_billable_and_every_refusal(store: Store) -> None:
    refused = [conversion(n, disposition=reason) for n, reason in enumerate(REFUSALS, start=10)]
    fill(store, conversion(1), conversion(2, price_minor=900), *refused)
    (row,) = rows_of(store, "SELECT * FROM performance_daily")
    assert (row["tracked"], row["billable"], row["gross_minor"]) == (2 + len(REFUSALS), 2, 2100)
    assert [row[reason] for reason in REFUSALS] == [1] * len(REFUSALS)
    assert (row["agreement_id"], row["day"]) == ("gravel-sale", date(2026, 11, 11))


def test_a_repeat_counts_once_in_every_view(store: Store) -> None:
    facts = [conversion(1), conversion(2, disposition="bot")]
    fill(store, *facts)
    fill(store, *facts)
    for view in ("performance_daily", "performance_hourly"):
        assert store.execute(f"SELECT sum(tracked) FROM {view}").rows == [(2,)]
    assert store.execute("SELECT sum(conversions) FROM refusals").rows == [(1,)]


def test_days_and_hours_are_those_of_the_advertiser(store: Store) -> None:
    late = at("2026-11-11 23:30:00")
    fill(store, conversion(1, at_ms=late), conversion(2, at_ms=late, zone="Asia/Kathmandu"))
    query = "SELECT day, hour FROM performance_hourly ORDER BY hour"
    assert rows_of(store, query) == [
        {"day": date(2026, 11, 12), "hour": datetime(2026, 11, 11, 23, 0, tzinfo=UTC)},
        {"day": date(2026, 11, 12), "hour": datetime(2026, 11, 11, 23, 15, tzinfo=UTC)},
    ]


def test_refusals_are_counted_by_reason(store: Store) -> None:
    fill(
        store,
        conversion(1),
        conversion(2, disposition="bot"),
        conversion(3, disposition="bot"),
        conversion(4, disposition="duplicate"),
    )
    query = "SELECT reason, conversions FROM refusals ORDER BY reason"
    assert store.execute(query).rows == [("bot", 2), ("duplicate", 1)]
