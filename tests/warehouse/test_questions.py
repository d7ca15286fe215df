"""Every question, asked about the small month, with its exact answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from partnerships.money import FeeGroup, amounts
from tests.warehouse.facts_of import at, conversion, event, touch
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


def test_account_overview_of_the_paying_side(month: Store) -> None:
    assert month.ask("account_overview", **BIKES, **ON_11) == [
        {
            "clicks": 4,
            "touches": 6,
            "tracked": 11,
            "billable": 7,
            "refused": 4,
            "results": 5,
        }
    ]


def test_account_overview_of_the_earning_side_counts_every_advertiser(month: Store) -> None:
    (row,) = month.ask("account_overview", **GRAVEL, **ON_11)
    assert (row["clicks"], row["tracked"], row["billable"]) == (3, 6, 4)


def test_account_overview_up_to_the_same_hour(month: Store) -> None:
    until = {"until_ms": at("2026-11-11 09:40:00")}
    (row,) = month.ask("account_overview", **BIKES, **ON_11, **until)
    assert (row["clicks"], row["tracked"], row["billable"], row["results"]) == (2, 5, 3, 1)


def test_account_overview_of_a_stranger_is_all_zero(month: Store) -> None:
    (row,) = month.ask("account_overview", side="advertiser", account="nobody", **ON_11)
    assert set(row.values()) == {0}


def test_results_by_agreement(month: Store) -> None:
    rows = month.ask("results_by_agreement", **BIKES, **ON_11)
    names = ("agreement_id", "fee_rate_bps", "payer_share_bps", "tracked", "billable", "refusals")
    assert part(rows, *names, "gross_before_minor", "gross_minor") == [
        ("forum-click", 1250, 0, 4, 2, {"bot": 2}, 0, 30),
        ("gravel-sale", 1000, 0, 1, 1, {}, 0, 1200),
        ("gravel-sale", 1250, 0, 4, 2, {"duplicate": 1, "self_click": 1}, 2400, 2400),
        ("slow-lead", 1250, 5000, 2, 2, {}, 0, 750),
    ]
    for row in rows:
        assert row["refused"] == sum(row["refusals"].values())
        assert row["tracked"] == row["billable"] + row["refused"]
    assert rows[0]["site_id"] == "shop"
    assert rows[0]["objective_type"] == "click"
    assert rows[0]["month"] == "2026-11"


def test_money_of_days_adds_up_to_the_money_of_the_month(month: Store) -> None:
    """Fees are rounded once a month, whatever the days (rules.md §8)."""

    def added(row: Row) -> int:
        group = FeeGroup(row["fee_rate_bps"], row["payer_share_bps"])
        before = amounts(row["gross_before_minor"], group)
        after = amounts(row["gross_before_minor"] + row["gross_minor"], group)
        return after.less(before).debit_minor

    whole = month.ask("results_by_agreement", **BIKES, **NOVEMBER)
    days = month.ask("results_over_time", **BIKES, **NOVEMBER)
    hours = month.ask("results_over_time", **BIKES, **NOVEMBER, step="hour")
    assert sum(map(added, whole)) == sum(map(added, days)) == sum(map(added, hours))


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


def test_clicks_by_partner_leave_out_bots_and_previews(month: Store) -> None:
    rows = month.ask("clicks_by_partner", **BIKES, **ON_11)
    assert part(rows, "partner_id", "site_id", "clicks", "bots", "previews", "refused") == [
        ("forum", "shop", 1, 1, 1, 2),
        ("gravel", "shop", 2, 0, 0, 1),
        ("slow", "shop", 1, 0, 0, 0),
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


def test_refusals_by_reason(month: Store) -> None:
    rows = month.ask("refusals_by_reason", **BIKES, **NOVEMBER)
    assert part(rows, "reason", "conversions") == [
        ("bot", 2),
        ("duplicate", 1),
        ("over_budget", 1),
        ("self_click", 1),
    ]
    only = month.ask("refusals_by_reason", **BIKES, **NOVEMBER, agreement="slow-lead")
    assert part(only, "reason", "conversions") == [("over_budget", 1)]


def test_purse_used_is_gross_per_fee_group(month: Store) -> None:
    purse = {"advertiser": "bikes", "agreement": "gravel-sale", "month": "2026-11"}
    rows = month.ask("purse_used", **purse)
    assert part(rows, "currency", "fee_rate_bps", "payer_share_bps", "billable", "gross_minor") == [
        ("EUR", 1000, 0, 1, 1200),
        ("EUR", 1250, 0, 4, 4800),
    ]
    assert month.ask("purse_used", **{**purse, "month": "2026-10"}) == []


def test_purse_used_says_when_it_was_last_used_and_what_did_not_fit(month: Store) -> None:
    purse = {"advertiser": "bikes", "agreement": "slow-lead", "month": "2026-11"}
    (row,) = month.ask("purse_used", **purse)
    assert (row["over_budget"], row["last_billable_at"]) == (1, utc("2026-11-11 23:30"))


def test_day_counts(month: Store) -> None:
    rows = month.ask("day_counts", advertiser="bikes", day=date(2026, 11, 11))
    names = ("agreement_id", "partner_id", "fee_rate_bps", "tracked", "billable", "refusals")
    assert part(rows, *names, "gross_minor") == [
        ("forum-click", "forum", 1250, 4, 2, {"bot": 2}, 30),
        ("gravel-sale", "gravel", 1000, 1, 1, {}, 1200),
        ("gravel-sale", "gravel", 1250, 4, 2, {"duplicate": 1, "self_click": 1}, 2400),
        ("slow-lead", "slow", 1250, 2, 2, {}, 750),
    ]


def test_conversion_by_id(month: Store) -> None:
    wanted = conversion(13).candidate.conversion_id
    (row,) = month.ask("conversion_by_id", conversion=wanted)
    assert (row["conversion_id"], row["agreement_id"]) == (wanted, "slow-lead")
    assert row["hour"] == utc("2026-11-11 23:00")


def test_touch_by_id(month: Store) -> None:
    (row,) = month.ask("touch_by_id", touch=touch(3).touch_id)
    assert (row["partner_id"], row["refusal"]) == ("gravel", "self_click")


def test_event_by_source(month: Store) -> None:
    (row,) = month.ask("event_by_source", partition=0, offset=1, line=0)
    assert (row["id"], row["name"], row["order"]) == (event(2).id, "purchase", "A-3")
    assert month.ask("event_by_source", partition=0, offset=1, line=1) == []


def test_event_by_id_shows_its_repeats(month: Store) -> None:
    rows = month.ask("event_by_id", event=event(1).id)
    assert part(rows, "received_at", "offset") == [
        (utc("2026-11-11 09:30"), 0),
        (utc("2026-11-11 09:32"), 2),
    ]


def test_recent_events_come_newest_first(month: Store) -> None:
    asked = {"site": "shop", "since_ms": at("2026-11-11 09:31:00")}
    rows = month.ask("recent_events", **asked)
    assert part(rows, "received_at", "type", "path") == [
        (utc("2026-11-11 09:32"), "page", "/thanks"),
        (utc("2026-11-11 09:31"), "event", "/"),
    ]
    assert len(month.ask("recent_events", **asked, limit=1)) == 1


def test_watermark_is_the_least_of_all_partitions(month: Store) -> None:
    expected = {"watermark": utc("2026-11-12 09:00"), "heard": [0, 1]}
    assert month.ask("watermark", partitions=2) == [expected]


def test_watermark_is_none_while_a_partition_is_silent(month: Store) -> None:
    assert month.ask("watermark", partitions=3) == [{"watermark": None, "heard": [0, 1]}]


def test_a_watermark_never_goes_back(store: Store) -> None:
    fill(store, MARKS[0])
    fill(store, MARKS[0].__class__(source=0, watermark_ms=at("2026-11-12 08:00:00")))
    assert store.ask("watermark", partitions=1)[0]["watermark"] == utc("2026-11-12 10:00")
