from typing import Any

from dashboards.views.results import Tally, tally
from dashboards.views.tiles import Before, Tile, tiles
from tests.dashboards.example import plain
from tests.dashboards.views.counted import clicked, decided, results

BEFORE = "1\u201312 Oct until 14:20 CET"


def by_metric(now: Tally, before: Before | None, **more: Any) -> dict[str, Tile]:
    made = tiles("paying", now, before, "EUR", **{"runs": True, **more})
    return {tile.metric: tile for tile in made}


def counted(clicks: int, billable: int) -> Tally:
    return tally(results(clicked(clicks=clicks), decided(billable=billable)), ())


def test_a_comparison_says_change_period_and_the_number_before() -> None:
    tile = by_metric(counted(4837, 611), Before(counted(4391, 548), BEFORE))["clicks"]
    assert tile.number == "4,837"
    assert plain(tile.words) == "+10.2 % against 1\u201312 Oct until 14:20 CET: 4,391"
    assert plain(tile.short) == "+10.2 %"


def test_nothing_before_is_said_and_not_divided_by() -> None:
    tile = by_metric(counted(10, 1), Before(Tally(), BEFORE))["clicks"]
    assert tile.words == "none in the period before"


def test_no_earlier_data_says_since_when_it_counts() -> None:
    before = Before(Tally(), BEFORE, since="Mon 7 Sep 2026")
    assert by_metric(counted(10, 1), before)["clicks"].words == "counting since Mon 7 Sep 2026"


def test_without_a_comparison_nothing_is_compared() -> None:
    assert by_metric(counted(10, 1), None)["clicks"].words == ""


def test_money_is_so_far_only_while_the_range_runs() -> None:
    assert by_metric(counted(10, 1), None)["money"].label == "You pay so far"
    assert by_metric(counted(10, 1), None, runs=False)["money"].label == "You pay"


def test_no_rate_is_a_dash_with_its_reason() -> None:
    tile = by_metric(counted(10, 1), None)["rate"]
    assert (tile.number, tile.note) == ("\u2013", "no clicks that could lead to results")
