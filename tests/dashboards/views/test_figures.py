from datetime import date
from fractions import Fraction

from dashboards.views import figures, moments


def plain(text: str) -> str:
    return text.replace(figures.NBSP, " ")


def test_money_carries_its_currency_and_that_currencys_decimals() -> None:
    assert plain(figures.money(158_927, "EUR")) == "EUR 1,589.27"
    assert plain(figures.money(1_500, "JPY")) == "JPY 1,500"
    assert plain(figures.money(-1_200, "EUR")) == "EUR \u221212.00"
    assert plain(figures.money(1_000_000_000_00, "EUR")) == "EUR 1,000,000,000.00"


def test_money_of_two_currencies_is_never_added() -> None:
    assert plain(figures.sums({"EUR": 1200, "GBP": 50}, "EUR")) == "EUR 12.00 + GBP 0.50"
    assert plain(figures.sums({}, "EUR")) == "EUR 0.00"


def test_ratios_are_rounded_half_up_to_a_tenth() -> None:
    assert plain(figures.percent(Fraction(732, 1500))) == "48.8 %"
    assert plain(figures.percent(Fraction(405, 405))) == "100 %"
    assert plain(figures.percent(Fraction(199, 4320))) == "4.6 %"
    assert plain(figures.percent(Fraction(1, 800))) == "0.1 %"


def test_changes_of_the_example_month() -> None:
    assert plain(figures.change(4837, 4391)) == "+10.2 %"
    assert plain(figures.change(611, 548)) == "+11.5 %"
    assert plain(figures.change(328, 341)) == "\u22123.8 %"
    assert plain(figures.change(158_927, 140_210)) == "+13.3 %"
    assert plain(figures.change(5, 5)) == "\u00b10 %"


def test_points_are_those_between_the_figures_shown() -> None:
    assert plain(figures.points(Fraction(199, 4320), Fraction(44, 1000))) == "+0.2 points"


def test_one_is_singular() -> None:
    assert plain(figures.counted(1, "sale")) == "1 sale"
    assert plain(figures.counted(1200, "lead")) == "1,200 leads"


def test_times_carry_weekday_and_zone() -> None:
    at_ms = 1_794_489_600_000
    assert moments.moment(at_ms, "Europe/Berlin") == "Thu 12 Nov, 14:20 CET"
    assert moments.moment_of_year(at_ms, "America/New_York") == "Thu 12 Nov 2026, 08:20 EST"
    assert moments.clock(at_ms, "Asia/Kathmandu") == "19:05 UTC+05:45"


def test_both_hours_of_a_night_that_has_one_twice_are_told_apart() -> None:
    first = 1_792_886_400_000  # Sun 25 Oct 2026, 02:00 CEST
    assert moments.hour_span(first, "Europe/Berlin") == "Sun 25 Oct, 02:00\u201302:00 CEST"
    assert moments.clock(first + 3_600_000, "Europe/Berlin") == "02:00 CET"


def test_spans_say_no_more_than_they_need() -> None:
    assert moments.span(date(2026, 11, 1), date(2026, 11, 12)) == "1\u201312 Nov"
    assert moments.span(date(2026, 10, 28), date(2026, 11, 3)) == "28 Oct \u2013 3 Nov"
    spanning = moments.span(date(2025, 12, 28), date(2026, 1, 3), year=True)
    assert spanning == "28 Dec 2025 \u2013 3 Jan 2026"
