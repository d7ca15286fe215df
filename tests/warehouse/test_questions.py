"""Every question, asked about the small month, with its exact answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from partnerships.money import FeeGroup, amounts
from tests.warehouse.facts_of import at, conversion, event
from tests.warehouse.filling import fill
from tests.warehouse.small_month import CONVERSIONS, EVENTS, MARKS, TOUCHES
from warehouse.migrations import migrate
from warehouse.store import Store

Row = dict[str, Any]

BIKES = {"side": "advertiser", "account": "bikes"}
GRAVEL = {"side": "partner", "account": "gravel"}
ON_11 = {"from_day": date(2026, 11, 11), "to_day": date(2026, 11, 12)}
NOVEMBER = {"from_day": date(2026, 11, 1), "to_day": date(2026, 12, 1)}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def part(rows: list[Row], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture(scope="module")
def month(clickhouse: str) -> Iterator[Store]:
    """The small month, loaded twice: no answer may show it."""
    with Store(clickhouse) as server:
        server.execute("CREATE DATABASE small_month")
        with Store(f"{clickhouse.rpartition('/')[0]}/small_month") as store:
            migrate(store)
            for _ in range(2):
                fill(store, *CONVERSIONS, *TOUCHES, *MARKS)
                fill(store, *EVENTS)
            yield store
        server.execute("DROP DATABASE small_month")


def test_money_of_hours_adds_up_to_the_money_of_days(month: Store) -> None:
    def added(row: Row) -> int:
        group = FeeGroup(row["fee_rate_bps"], row["payer_share_bps"])
        before = amounts(row["gross_before_minor"], group)
        after = amounts(row["gross_before_minor"] + row["gross_minor"], group)
        return after.less(before).debit_minor

    days = month.ask("results_over_time", **BIKES, **NOVEMBER)
    hours = month.ask("results_over_time", **BIKES, **NOVEMBER, step="hour")
    assert sum(map(added, days)) == sum(map(added, hours)) > 0


def test_results_over_time_by_day(month: Store) -> None:
    rows = month.ask("results_over_time", **BIKES, **NOVEMBER, agreement="slow-lead")
    names = ("day", "hour_start", "tracked", "billable", "refused", "gross_minor")
    assert part(rows, *names, "gross_before_minor") == [
        (date(2026, 11, 11), None, 2, 2, 0, 750, 0),
        (date(2026, 11, 12), None, 2, 1, 1, 375, 750),
    ]


def test_results_over_time_by_hour(month: Store) -> None:
    rows = month.ask("results_over_time", **BIKES, **ON_11, agreement="gravel-sale", step="hour")
    names = ("hour_start", "fee_rate_bps", "tracked", "billable", "gross_before_minor")
    assert part(rows, *names) == [
        (utc("2026-11-11 09:00"), 1250, 2, 2, 2400),
        (utc("2026-11-11 16:00"), 1250, 2, 0, 4800),
        (utc("2026-11-11 17:00"), 1000, 1, 1, 0),
    ]


def test_clicks_over_time_by_day(month: Store) -> None:
    rows = month.ask("clicks_over_time", **GRAVEL, **NOVEMBER)
    assert part(rows, "day", "hour_start", "advertiser_id", "site_id", "clicks") == [
        (date(2026, 11, 3), None, "bikes", "shop", 1),
        (date(2026, 11, 11), None, "bikes", "shop", 2),
        (date(2026, 11, 11), None, "physio", "clinic", 1),
    ]


def test_clicks_over_time_by_hour_begin_where_the_zones_hours_do(month: Store) -> None:
    rows = month.ask("clicks_over_time", **BIKES, **ON_11, step="hour", shift_minutes=15)
    assert part(rows, "hour_start", "partner_id", "clicks") == [
        (utc("2026-11-11 07:15"), "forum", 1),
        (utc("2026-11-11 08:15"), "gravel", 1),
        (utc("2026-11-11 09:15"), "slow", 1),
        (utc("2026-11-11 15:15"), "gravel", 1),
    ]


def test_latest_conversions_come_newest_first_with_their_reason(month: Store) -> None:
    rows = month.ask("latest_conversions", **BIKES, **NOVEMBER, limit=3)
    assert part(rows, "at", "day", "agreement_id", "disposition") == [
        (utc("2026-11-12 08:00"), date(2026, 11, 12), "slow-lead", "over_budget"),
        (utc("2026-11-11 23:30"), date(2026, 11, 12), "slow-lead", "billable"),
        (utc("2026-11-11 17:00"), date(2026, 11, 11), "gravel-sale", "billable"),
    ]
    (next_one,) = month.ask("latest_conversions", **BIKES, **NOVEMBER, limit=1, skip=3)
    assert next_one["disposition"] == "self_click"


@pytest.mark.parametrize(
    ("disposition", "count"), [("", 5), ("billable", 3), ("refused", 2), ("duplicate", 1)]
)
def test_latest_conversions_of_one_agreement_and_disposition(
    month: Store, disposition: str, count: int
) -> None:
    asked = {"agreement": "gravel-sale", "disposition": disposition}
    assert len(month.ask("latest_conversions", **BIKES, **ON_11, **asked)) == count


def test_latest_conversions_carry_what_a_row_shows(month: Store) -> None:
    rows = month.ask("latest_conversions", **GRAVEL, **ON_11)
    (row,) = [row for row in rows if row["order"] == "A-3"]
    shown = {"s1": "mail", "event_path": "/thanks", "objective_id": "shop-sale"}
    told = {"price_minor": 1200, "currency": "EUR", "sequence": 3, "zone": "Europe/Berlin"}
    assert {**row, **shown, **told} == row


def test_conversion_by_id(month: Store) -> None:
    wanted = conversion(13).candidate.conversion_id
    (row,) = month.ask("conversion_by_id", conversion=wanted)
    assert (row["conversion_id"], row["agreement_id"]) == (wanted, "slow-lead")
    assert row["hour"] == utc("2026-11-11 23:00")


def test_event_by_source(month: Store) -> None:
    (row,) = month.ask("event_by_source", partition=0, offset=1, line=0)
    assert (row["id"], row["name"], row["order"]) == (event(2).id, "purchase", "A-3")
    assert month.ask("event_by_source", partition=0, offset=1, line=1) == []


def test_watermark_is_the_least_of_all_partitions(month: Store) -> None:
    expected = {"watermark": utc("2026-11-12 09:00"), "heard": [0, 1]}
    assert month.ask("watermark", partitions=2) == [expected]


def test_watermark_is_none_while_a_partition_is_silent(month: Store) -> None:
    assert month.ask("watermark", partitions=3) == [{"watermark": None, "heard": [0, 1]}]


def test_a_watermark_never_goes_back(store: Store) -> None:
    fill(store, MARKS[0])
    fill(store, MARKS[0].__class__(source=0, watermark_ms=at("2026-11-12 08:00:00")))
    assert store.ask("watermark", partitions=1)[0]["watermark"] == utc("2026-11-12 10:00")
