from datetime import date
from typing import Any

import pytest

from dashboards.views import ranges
from dashboards.views.charts import Chart, Mark, Question, chart
from dashboards.views.parties import Parties
from dashboards.views.ranges import Range
from dashboards.views.results import Results
from dashboards.views.steps import steps_of
from dashboards.views.tiles import Metric
from tests.dashboards.example import DEALS, NOW_MS, ZONE, plain, sheet
from tests.dashboards.views.counted import clicked, decided, november_by_day, range_of, results

PARTIES = Parties("paying", [sheet(deal) for deal in DEALS])
TODAY = date(2026, 11, 12)


def drawn(
    found: Results | None = None,
    metric: Metric = "billable",
    shown: Range | None = None,
    closed_through: date = date(2026, 11, 11),
    before: Results | None = None,
    **more: Any,
) -> Chart:
    shown = shown or range_of("month")
    found = november_by_day() if found is None else found
    period = ranges.compared(shown, "before")
    assert period is not None
    asked = Question(metric, shown, "paying", "EUR", ranges.in_words(shown, period))
    return chart(
        asked,
        PARTIES,
        found,
        PARTIES.slots(found.decided),
        None if before is None else (period, before),
        lambda _, day: day <= closed_through,
        more.get("marks", ()),
    )


def test_a_column_is_the_sum_of_its_cells_and_all_columns_are_the_total() -> None:
    made = drawn()
    for column in made.columns:
        assert sum(cell.value for cell in column.cells) == column.total.value
    assert sum(column.total.value for column in made.columns) == 611
    assert made.total == "611"
    assert [series.total for series in made.series] == ["61", "98", "40", "412"]


def test_only_what_is_not_closed_is_open() -> None:
    assert [column.open for column in drawn().columns] == [False] * 11 + [True]
    still_open = drawn(closed_through=date(2026, 11, 10))
    assert [column.open for column in still_open.columns] == [False] * 10 + [True] * 2
    assert plain(drawn().caption) == "Hatched: so far, until 14:20 CET"


def test_yesterday_stays_open_until_its_close() -> None:
    one = results(decided(billable=7))
    waiting = drawn(
        one, shown=range_of("custom", "2026-11-09", "2026-11-11"), closed_through=date(2026, 11, 10)
    )
    assert [column.open for column in waiting.columns] == [False, False, True]
    assert waiting.caption == "Hatched: so far; the day is not closed yet"


def test_the_readout_names_results_money_and_the_column_before() -> None:
    earlier = results(decided(billable=52, day=date(2026, 10, 11)))
    (wednesday,) = [c for c in drawn(before=earlier).columns if c.label == "Wed 11 Nov"]
    assert plain(wednesday.readout).startswith("Wed 11 Nov: 60 billable, you pay EUR ")
    assert plain(wednesday.readout).endswith("\u00b7 Sun 11 Oct: 52")
    assert wednesday.before is not None
    assert wednesday.before.value == 52


def test_the_summary_names_range_sum_and_highest_day() -> None:
    assert drawn().summary == (
        "Billable per day, 1\u201312 Nov 2026: 611 in all, most on Wed 11 Nov with 60."
    )


def test_a_mark_stands_where_it_happened() -> None:
    full = Mark(1_794_411_720_000, "City Cycle Guide full")  # Wed 11 Nov 2026, 16:42 CET
    by_day = drawn(marks=[full])
    assert [c.label for c in by_day.columns if c.marks] == ["Wed 11 Nov"]
    by_hour = drawn(results(), shown=range_of("24h"), marks=[full])
    assert [c.tick for c in by_hour.columns if c.marks] == ["16:00"]


def test_money_is_drawn_in_major_units() -> None:
    made = drawn(results(decided(billable=7)), metric="money")
    assert (made.unit, made.decimals, made.total) == ("EUR", 2, "84.00")
    assert max(column.total.value for column in made.columns) == 84.0


def test_an_empty_range_says_why_and_since_when_there_is_anything() -> None:
    asked = Question("clicks", range_of("today"), "paying", "EUR", "", "Mon 7 Sep 2026")
    empty = chart(asked, PARTIES, results(), {}, None, lambda *_: True, ())
    assert empty.empty == "No clicks in this range. First event: Mon 7 Sep 2026."


def test_hours_hold_what_happened_in_them() -> None:
    hour = 1_794_484_800_000  # Thu 12 Nov 2026, 13:00 CET
    made = drawn(results(decided(day=TODAY, hour_ms=hour)), shown=range_of("today"))
    assert [c.label for c in made.columns if c.total.value] == ["Thu 12 Nov, 13:00\u201314:00 CET"]
    assert len(made.columns) == 15


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-24", 24), ("2026-10-25", 25), ("2026-03-29", 23)]
)
def test_a_day_has_the_hours_that_its_zone_gives_it(day: str, hours: int) -> None:
    shown = range_of("custom", day, day)
    assert len(steps_of(shown, shown.period)) == hours


def test_beyond_92_days_a_column_is_a_week_and_nothing_is_lost() -> None:
    shown = range_of("year")
    found = results(clicked(clicks=3, day=date(2026, 1, 1)), clicked(clicks=4, day=TODAY))
    made = drawn(found, metric="clicks", shown=shown)
    assert made.step == "week"
    assert sum(column.total.value for column in made.columns) == 7
    assert made.columns[0].label == "1\u20134 Jan"
    assert made.columns[-1].label == "9\u201312 Nov"


def test_a_range_that_reaches_into_the_future_has_no_columns_of_it() -> None:
    shown = ranges.chosen("custom", "2026-11-10", "2026-11-30", ZONE, NOW_MS)
    assert len(steps_of(shown, shown.period)) == 3
