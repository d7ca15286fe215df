"""The questions that only pages ask, about the warehouse's small month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.warehouse.facts_of import at, conversion
from tests.warehouse.filling import fill
from tests.warehouse.small_month import CONVERSIONS, SLOW, TOUCHES
from warehouse.migrations import migrate
from warehouse.store import Store

BIKES = {"side": "advertiser", "account": "bikes"}
GRAVEL = {"side": "partner", "account": "gravel"}
NOVEMBER = {"from_day": date(2026, 11, 1), "to_day": date(2026, 12, 1)}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def part(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture(scope="module")
def month(clickhouse: str) -> Iterator[Store]:
    with Store(clickhouse) as server:
        server.execute("CREATE DATABASE pages_month")
        with Store(f"{clickhouse.rpartition('/')[0]}/pages_month") as store:
            migrate(store)
            for _ in range(2):
                fill(store, *CONVERSIONS, *TOUCHES)
            yield store
        server.execute("DROP DATABASE pages_month")


def test_results_name_each_refusal_beside_their_sum(month: Store) -> None:
    rows = month.ask("results_over_time", **BIKES, **NOVEMBER, agreement="gravel-sale")
    assert part(rows, "day", "fee_rate_bps", "refused", "refusals") == [
        (date(2026, 11, 3), 1250, 0, {}),
        (date(2026, 11, 11), 1000, 0, {}),
        (date(2026, 11, 11), 1250, 2, {"duplicate": 1, "self_click": 1}),
    ]


def test_results_between_two_instants_know_what_the_month_had_before(month: Store) -> None:
    moments = {"since_ms": at("2026-11-11 09:00:00"), "until_ms": at("2026-11-11 09:40:00")}
    rows = month.ask(
        "results_over_time", **BIKES, **NOVEMBER, **moments, agreement="gravel-sale", step="hour"
    )
    assert part(rows, "hour_start", "billable", "gross_before_minor", "gross_minor") == [
        (utc("2026-11-11 09:00"), 1, 2400, 1200)
    ]


def test_clicks_between_two_instants(month: Store) -> None:
    moments = {"since_ms": at("2026-11-11 08:00:00"), "until_ms": at("2026-11-11 09:30:00")}
    rows = month.ask("clicks_over_time", **BIKES, **NOVEMBER, **moments)
    assert part(rows, "partner_id", "clicks") == [("forum", 1), ("gravel", 1)]


def test_purses_hold_every_fee_group_and_what_came_too_late(month: Store) -> None:
    rows = month.ask("purses", **BIKES, **NOVEMBER)
    names = ("agreement_id", "fee_rate_bps", "billable", "gross_minor", "unpaid_after")
    assert part(rows, *names) == [
        ("forum-click", 1250, 2, 30, 0),
        ("gravel-sale", 1000, 1, 1200, 0),
        ("gravel-sale", 1250, 4, 4800, 0),
        ("slow-lead", 1250, 3, 1125, 1),
    ]
    assert rows[3]["last_billable_at"] == utc("2026-11-11 23:30")


def test_a_refusal_before_the_budget_was_raised_is_not_counted_as_later(store: Store) -> None:
    fill(
        store,
        conversion(1, **SLOW, sequence=1),
        conversion(2, **SLOW, sequence=2, disposition="over_budget"),
        conversion(3, **SLOW, sequence=3),
        conversion(4, **SLOW, sequence=4, disposition="over_budget"),
    )
    (row,) = store.ask("purses", **BIKES, **NOVEMBER)
    assert (row["billable"], row["unpaid_after"]) == (2, 1)


def test_purse_before_a_decision(month: Store) -> None:
    purse = {"advertiser": "bikes", "agreement": "gravel-sale", "month": "2026-11"}
    rows = month.ask("purse_before", **purse, sequence=4)
    assert part(rows, "fee_rate_bps", "gross_minor", "last_billable_at") == [
        (1250, 3600, utc("2026-11-11 09:30"))
    ]


def test_paces_count_the_days_asked_for_and_find_the_first(month: Store) -> None:
    days = {"from_day": date(2026, 11, 5), "to_day": date(2026, 11, 12)}
    rows = month.ask("paces", **BIKES, **days, look_from=date(2026, 10, 1))
    assert part(rows, "agreement_id", "first_day", "billable") == [
        ("forum-click", date(2026, 11, 11), 2),
        ("gravel-sale", date(2026, 11, 3), 3),
        ("slow-lead", date(2026, 11, 11), 2),
    ]


def test_the_newest_decision_changes_with_every_fact_of_the_account(store: Store) -> None:
    def newest(**who: str) -> dict[str, Any]:
        (row,) = store.ask("newest_decision", **who, from_day=date(2026, 11, 5))
        return row

    nothing = newest(**BIKES)
    fill(store, conversion(1))
    one = newest(**BIKES)
    fill(store, conversion(2))
    two = newest(**BIKES)
    assert len({str(answer) for answer in (nothing, one, two)}) == 3
    assert newest(**GRAVEL) == two
    assert newest(side="partner", account="slow") == nothing


def test_the_first_day_of_an_account(month: Store) -> None:
    assert month.ask("first_day", **BIKES) == [{"first_day": date(2026, 11, 3)}]
    assert month.ask("first_day", side="partner", account="nobody") == [{"first_day": None}]
