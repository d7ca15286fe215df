from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashboards.views import figures, meters, moments
from dashboards.views.meters import Meter, account_line
from dashboards.views.purses import Pace, Purse, forecast, pace_of, purse_of
from dashboards.views.results import Side
from tests.dashboards.example import CITY, DEALS, FORUM, GRAVEL, MONTH, NOW_MS, SLOW, Deal, plain
from tests.dashboards.example import sheet as sheet_of

TODAY = date(2026, 11, 12)
FULL_AT = datetime(2026, 11, 11, 15, 42, tzinfo=UTC)


def purse(deal: Deal, billable: int | None = None, **changes: Any) -> Purse:
    sheet = sheet_of(deal)
    row: dict[str, Any] = {
        "agreement_id": deal.agreement_id,
        "month": MONTH,
        "fee_rate_bps": 1250,
        "payer_share_bps": sheet.terms.payer_share_bps,
        "gross_minor": deal.price_minor * (sum(deal.days) if billable is None else billable),
        "last_billable_at": FULL_AT,
        "unpaid_after": 3 if deal is CITY else 0,
        **changes,
    }
    return purse_of(sheet, MONTH, [row])


def pace(deal: Deal) -> Pace | None:
    row = {"first_day": date(2026, 9, 7), "billable": sum(deal.days[4:11])}
    return pace_of(row, TODAY)


def metered(deal: Deal, side: Side = "paying", billable: int | None = None) -> Meter:
    found = purse(deal, billable)
    pace_now = pace(deal)
    return meters.meter(found, deal.type, side, pace_now, forecast(found, pace_now, NOW_MS))


def test_the_example_months_purses() -> None:
    used = [plain(figures.amount(purse(deal).used_minor, "EUR")) for deal in DEALS]
    assert used == ["732.00", "390.47", "405.00", "61.80"]
    assert [plain(metered(deal).short) for deal in DEALS] == ["48.8 %", "81.3 %", "100 %", "51.5 %"]


def test_the_words_say_used_budget_left_and_how_many_more() -> None:
    assert plain(metered(SLOW).words) == "EUR 390.47 of EUR 480.00 used · 89.53 left = 22 leads"
    assert (
        plain(metered(GRAVEL).words) == "EUR 732.00 of EUR 1,500.00 used · 768.00 left = 64 sales"
    )


def test_a_full_purse_says_since_when_and_what_came_later() -> None:
    assert plain(metered(CITY).words) == (
        "Full since Wed 11 Nov, 16:42 CET. 3 later results were not paid."
    )
    assert plain(metered(CITY).mark) == "Full since 11 Nov"


def test_a_purse_is_full_when_the_next_whole_conversion_does_not_fit() -> None:
    short = metered(SLOW, billable=120)
    assert short.level == "full"
    assert plain(short.words) == (
        "Full since Wed 11 Nov, 16:42 CET: EUR 1.87 left, less than one lead."
    )


@pytest.mark.parametrize(
    ("billable", "level", "mark"),
    [
        (0, "plain", ""),
        (62, "plain", ""),
        (63, "half", ""),
        (100, "near", "80 % used"),
        (119, "last", "6 sales left this month"),
        (124, "last", "1 sale left this month"),
        (125, "full", "Full since 11 Nov"),
    ],
)
def test_levels(billable: int, level: str, mark: str) -> None:
    found = metered(GRAVEL, billable=billable)
    assert (found.level, plain(found.mark)) == (level, mark)


def test_forecasts_of_the_example_month() -> None:
    assert plain(metered(GRAVEL).forecast) == (
        "At the pace of 5–11 Nov it is used up on Tue 24 Nov"
    )
    assert plain(metered(SLOW).forecast).endswith("on Sun 15 Nov")
    assert plain(metered(FORUM).forecast).endswith("on Mon 23 Nov")
    assert metered(CITY).forecast == ""


def test_a_budget_that_lasts_says_what_the_month_comes_to() -> None:
    found = purse(GRAVEL, billable=10)
    slow_pace = Pace(14, date(2026, 11, 5), date(2026, 11, 11))
    future = forecast(found, slow_pace, NOW_MS)
    shown = meters.meter(found, "sale", "paying", slow_pace, future)
    assert plain(shown.forecast) == "At this pace EUR 552.00 by 30 Nov"


def test_a_forecast_waits_for_three_complete_days() -> None:
    two = pace_of({"first_day": date(2026, 11, 10), "billable": 12}, TODAY)
    three = pace_of({"first_day": date(2026, 11, 9), "billable": 12}, TODAY)
    assert two is not None
    assert forecast(purse(GRAVEL), two, NOW_MS) is None
    assert forecast(purse(GRAVEL), three, NOW_MS) is not None
    assert pace_of({"first_day": TODAY, "billable": 0}, TODAY) is None


def test_a_partner_reads_the_budget_as_results_left() -> None:
    found = metered(GRAVEL, "earning")
    assert plain(found.words) == "64 sales left this month"
    assert plain(found.forecast) == "At this pace until Tue 24 Nov"
    assert "EUR" not in metered(SLOW, "earning", billable=120).words


def test_a_budget_lowered_under_what_was_used_is_full() -> None:
    lowered = purse(replace(GRAVEL, budget="9.00"), billable=2)
    assert (lowered.left_minor, lowered.full, int(lowered.share)) == (0, True, 1)


def test_the_account_line_adds_what_each_agreement_comes_to() -> None:
    ends: list[tuple[int | None, int]] = []
    for deal in DEALS:
        future = forecast(purse(deal), pace(deal), NOW_MS)
        assert future is not None
        ends.append((future.month_end_minor, deal.budget_minor))
    assert plain(account_line(MONTH, ends, "EUR")) == (
        "At this pace November ends at EUR 2,503.13, never above EUR 2,505.00"
    )
    assert account_line(MONTH, [*ends, (None, 100)], "EUR") == ""


def test_the_example_is_dated() -> None:
    assert moments.moment_of_year(NOW_MS, "Europe/Berlin") == "Thu 12 Nov 2026, 14:20 CET"
