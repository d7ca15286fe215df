"""The pages of the example month show its figures, the same wherever they stand."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from dashboards.parts import Parts
from tests.dashboards.browsing import signed_in
from tests.dashboards.example import CITY, DEALS, FORUM, GRAVEL, SLOW, Deal, plain

ADA = "ada@harbourbikes.example"


@pytest.fixture(scope="module")
def ada(pages: str) -> httpx.Client:
    return signed_in(pages, ADA)


def partner(pages: str, deal: Deal) -> httpx.Client:
    return signed_in(pages, f"{deal.partner_id}@example.com")


def text(client: httpx.Client, path: str) -> str:
    """The page's words, without its marks."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    bare = re.sub(r"<(svg|head|script)[\s\S]*?</\1>", " ", answer.text)
    return " ".join(plain(unescape(re.sub(r"<[^>]+>", " ", bare))).split())


def numbers(client: httpx.Client, side: str, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/overview?side={side}{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_numbers_of_the_paying_side(ada: httpx.Client) -> None:
    found = numbers(ada, "paying")
    assert (found["clicks"], found["tracked"], found["billable"]) == (4837, 939, 611)
    assert found["refused"] == 328
    assert (found["results"], found["rated_clicks"]) == (199, 4320)
    assert (found["money_minor"], found["fees_minor"]) == ({"EUR": 158_927}, {"EUR": 19_017})
    assert found["refusals"] == {
        "bot": 140,
        "preview": 57,
        "duplicate": 112,
        "self_click": 12,
        "over_budget": 3,
        "outside_window": 1,
        "consent_denied": 1,
        "test": 1,
        "wrong_host": 1,
    }


@pytest.mark.parametrize(
    ("deal", "clicks", "tracked", "billable", "debit", "credit"),
    [
        (GRAVEL, 1524, 69, 61, 73_200, 64_050),
        (SLOW, 2310, 113, 98, 39_047, 34_453),
        (CITY, 486, 45, 40, 40_500, 36_000),
        (FORUM, 517, 712, 412, 6_180, 5_407),
    ],
)
def test_both_sides_read_the_same_numbers(
    pages: str,
    ada: httpx.Client,
    deal: Deal,
    clicks: int,
    tracked: int,
    billable: int,
    debit: int,
    credit: int,
) -> None:
    paying = numbers(ada, "paying")["agreements"][deal.agreement_id]
    earning = numbers(partner(pages, deal), "earning")
    theirs = earning["agreements"][deal.agreement_id]
    for name in ("tracked", "billable", "refused", "fees_minor"):
        assert paying[name] == theirs[name]
    assert (earning["clicks"], earning["tracked"], earning["billable"]) == (
        clicks,
        tracked,
        billable,
    )
    assert (paying["money_minor"], theirs["money_minor"]) == ({"EUR": debit}, {"EUR": credit})


def test_a_partner_sees_only_its_own_agreement(pages: str) -> None:
    client = partner(pages, SLOW)
    assert list(numbers(client, "earning")["agreements"]) == [SLOW.agreement_id]
    for path in ("/earning", "/earning/conversions", "/earning/statements"):
        page = text(client, path)
        assert not any(deal.partner_name in page for deal in DEALS if deal is not SLOW)


def test_tiles_say_the_figures_and_their_comparison(ada: httpx.Client) -> None:
    page = text(ada, "/paying")
    against = "against 1\u201312 Oct until 14:20 CET"
    for words in (
        f"Clicks 4,837 +10.2 % +10.2 % {against}: 4,391",
        f"Billable 611 of 939 tracked +11.5 % +11.5 % {against}: 548",
        f"Conversion rate 4.6 % 199 of 4,320 clicks +0.2 points +0.2 points {against}: 4.4 %",
        f"You pay so far EUR 1,589.27 63.4 % of 2,505.00 +13.3 % +13.3 % {against}: EUR 1,402.10",
        f"Refused 328 of 939 \u22123.8 % \u22123.8 % {against}: 341",
    ):
        assert words in page


def test_the_account_line_ranges_and_identity(ada: httpx.Client) -> None:
    page = text(ada, "/paying")
    for words in (
        "1\u201312 Nov 2026 so far, Europe/Berlin: 611 billable, EUR 1,589.27",
        "At this pace November ends at EUR 2,503.13, never above EUR 2,505.00",
        "939 tracked = 611 billable + 328 refused",
        "City Cycle Guide's November budget is full: raise it or leave it",
        "EUR 390.47 of EUR 480.00 used \u00b7 89.53 left = 22 leads",
        "At the pace of 5\u201311 Nov it is used up on Sun 15 Nov",
        "Full since Wed 11 Nov, 16:42 CET. 3 later results were not paid.",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("metric", "total"),
    [("clicks", "4,837"), ("billable", "611"), ("money", "1,589.27"), ("refused", "328")],
)
def test_tile_chart_and_table_are_one_number(ada: httpx.Client, metric: str, total: str) -> None:
    html = ada.get(f"/paying?metric={metric}").text
    table = html[html.index('id="chart-data"') : html.index("</table>")]
    values = re.findall(r'data-total data-value="([\d.]+)"', table)
    assert f"{sum(map(float, values)):,.2f}".removesuffix(".00") == total
    tile = html[html.index(f'data-tile="{metric}"') :]
    assert total in tile[: tile.index("</span>\n")]
    agreements = html[html.index('id="agreements"') : html.index('id="refused"')]
    assert agreements.count(f">{total}<") == 1


def test_closed_days_are_closed_and_today_is_so_far(ada: httpx.Client) -> None:
    html = ada.get("/paying").text
    assert re.findall(r'data-open="(\w+)"', html) == ["false"] * 11 + ["true"]
    assert "Wed 11 Nov: 60 billable, you pay EUR\u00a0156.38" in html


def test_every_preset_answers_and_its_chart_adds_up(ada: httpx.Client) -> None:
    for preset in ("today", "yesterday", "24h", "7d", "month", "last-month", "30d", "90d", "year"):
        html = ada.get(f"/paying?range={preset}").text
        billable = numbers(ada, "paying", f"&range={preset}")["billable"]
        values = re.findall(r'data-total data-value="([\d.]+)"', html)
        assert sum(map(float, values)) == billable, preset


def test_the_same_events_stand_in_a_day_by_hour_and_by_day(ada: httpx.Client) -> None:
    hourly = numbers(ada, "paying", "&range=custom&from=2026-11-11&to=2026-11-11")
    daily = numbers(ada, "paying", "&range=custom&from=2026-11-10&to=2026-11-12")
    around = (
        numbers(ada, "paying", "&range=today"),
        numbers(ada, "paying", "&range=custom&from=2026-11-10&to=2026-11-10"),
    )
    assert hourly["billable"] == 60
    assert daily["clicks"] == hourly["clicks"] + sum(each["clicks"] for each in around)
    assert daily["money_minor"]["EUR"] == hourly["money_minor"]["EUR"] + sum(
        each["money_minor"]["EUR"] for each in around
    )


def test_what_a_partner_earned_is_pending_held_and_paid(pages: str) -> None:
    client = partner(pages, GRAVEL)
    overview, earned = text(client, "/earning"), text(client, "/earning/statements")
    for page in (overview, earned):
        assert "EUR 640.50 Next transfer: Fri 13 Nov, EUR 52.50" in page
        assert "Pending EUR 52.50" in page
        assert "Held EUR 399.00" in page
        assert "Paid EUR 189.00" in page
    assert "Harbour Bikes: 61 \u00d7 12.00 = 732.00 \u2212 fee 91.50 = EUR 640.50" in earned
    assert "Thu 5 Nov 2026 EUR 52.50 Held hold, until Fri 13 Nov" in earned
    assert "64 sales left" in overview


def test_billing_says_the_next_charge_and_the_statement_adds_up(ada: httpx.Client) -> None:
    page = text(ada, "/paying/statements")
    assert "Next charge: after tonight's close, so far EUR 86.75" in page
    assert "EUR 156.38 Thu 12 Nov 2026, 02:14 CET \u00b7 charged" in page
    link = re.search(
        r'href="(/paying/statements/[^"]+)">Wed 11 Nov', ada.get("/paying/statements").text
    )
    assert link
    statement = text(ada, link[1])
    assert "EUR 156.38 charge EUR 156.38 = transfers 137.52 + fees 18.86" in statement
    assert "Slow Miles 9 33.75 2.11 35.86 31.64 4.22" in statement
    assert "City Cycle Guide 3 27.00 3.37 30.37 27.00" in statement
    assert "87 tracked = 60 billable + 27 refused" in statement


def test_the_agreement_shows_its_link_terms_and_lines(ada: httpx.Client, pages: str) -> None:
    for client, side in ((ada, "paying"), (partner(pages, SLOW), "earning")):
        page = client.get(f"/{side}/agreements/{SLOW.agreement_id}").text
        assert 'value="https://c.example.com/l/slowmiles1"' in page
    page = text(ada, f"/paying/agreements/{SLOW.agreement_id}")
    assert "You pay EUR 3.75 for every lead that follows a click on Slow Miles' link" in page
    assert "Wed 11 Nov 2026 9 33.75 2.11 35.86" in page
    assert "113 tracked = 98 billable + 15 refused" in page
    assert "Clicks 2,310" in page


def test_every_refused_result_opens_its_why_for_both_sides(
    month: Parts, pages: str, ada: httpx.Client
) -> None:
    clients = {deal.partner_id: partner(pages, deal) for deal in DEALS}
    rows = month.warehouse.execute(
        "SELECT disposition, any(conversion_id), any(partner_id) FROM conversions FINAL"
        " GROUP BY disposition"
    ).rows
    assert len(rows) == 10
    for disposition, conversion_id, partner_id in rows:
        for client in (ada, clients[partner_id]):
            page = text(client, f"/conversions/{conversion_id}")
            assert f"({disposition})" in page
            assert "counterfoil.events" in page
            assert client.get(f"/conversions/{conversion_id}/drawer").status_code == 200


def test_an_over_budget_result_says_what_was_left(ada: httpx.Client) -> None:
    html = ada.get("/paying/conversions?reason=over_budget").text
    found = re.search(r'href="(/conversions/\w+)"', html)
    assert found
    assert "The next appointment would cost EUR 10.13; EUR 0.00 of November's EUR 405.00" in text(
        ada, found[1]
    )


def test_the_list_of_results_is_as_long_as_its_count(ada: httpx.Client) -> None:
    first, last = (text(ada, f"/paying/conversions?reason=refused&page={n}") for n in (1, 7))
    assert "1\u201350 of 328 Next" in first
    assert "301\u2013328 of 328 Previous" in last
    assert "Nothing matches these filters" in text(ada, "/paying/conversions?reason=no_order")


def test_a_new_advertiser_reads_what_will_be_here(pages: str) -> None:
    page = text(signed_in(pages, "tess@tern.example"), "/paying")
    assert "Your partners will be here." in page
    assert "No clicks yet." in page
