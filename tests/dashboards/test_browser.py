"""The pages in a real Chromium: live, light and dark, on a phone, by keyboard, without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.building import CHECKOUT, WEB
from dashboards.parts import Parts
from partnerships.keys import Keys
from tests.dashboards import example_month
from tests.dashboards.arrivals import arrive
from tests.dashboards.chromium import PHONE, WIDE, Scheme, chromium, person
from tests.dashboards.example import CITY, GRAVEL, SLOW
from tests.dashboards.serving import parts_on, served
from warehouse.store import Store as Warehouse

pytestmark = pytest.mark.exhaustive  # minutes of a whole core: every page, width and scheme

ADA = "ada@harbourbikes.example"
LETTERS = "gravel-letters@example.com"
PICTURES = CHECKOUT / "artefacts" / "pages"
LIVE_MS = 3_000
"""What is asked of an arrival: on the page this soon."""

PAYING = (
    "/paying",
    "/paying?range=24h&metric=money",
    "/paying?metric=rate&against=none",
    f"/paying/agreements/{SLOW.agreement_id}",
    "/paying/conversions?reason=refused",
    "/paying/statements",
)
EARNING = (
    "/earning",
    f"/earning/agreements/{GRAVEL.agreement_id}",
    "/earning/conversions",
    "/earning/statements",
)
PUBLIC = ("/", "/sign-in", "/nothing")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def running(
    postgres: str, store: Warehouse, clickhouse_database: str, keys: Keys, front_end: None
) -> Iterator[tuple[Parts, str]]:
    """An installation whose results a test may add to."""
    example_month.fill_partnerships(postgres, keys.network)
    with parts_on(postgres, clickhouse_database, keys) as parts, served(parts) as url:
        yield parts, url


def visits(browser: Browser, pages: str, width: int, scheme: Scheme) -> Iterator[tuple[str, Page]]:
    """Every page, looked at by whom it is for; fails if any of them complained."""
    for email, paths in ((ADA, PAYING), (LETTERS, EARNING), (None, PUBLIC)):
        somebody = person(browser, pages, width=width, scheme=scheme)
        if email:
            somebody.sign_in(email).close()
        for path in paths:
            page = somebody.open(path)
            yield path, page
            page.close()
        expected = [c for c in somebody.complaints if "404 (Not Found)" in c]
        assert somebody.complaints == expected
        somebody.context.close()


def keep_picture(page: Page, path: str, width: int, scheme: Scheme) -> None:
    """Pictures of every page stay in the checkout, to be looked at."""
    name = re.sub(r"[^a-z0-9]+", "-", path).strip("-") or "home"
    page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)


def tile(page: Page, metric: str) -> str:
    return page.locator(f'[data-tile="{metric}"]').inner_text().replace("\u00a0", " ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_every_page_fits_and_axe_finds_nothing_serious(
    browser: Browser, pages: str, width: int, scheme: Scheme
) -> None:
    axe = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text()
    for path, page in visits(browser, pages, width, scheme):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        keep_picture(page, path, width, scheme)
        if page.locator("#chart-details").count():
            page.click("#chart-details summary")
        page.evaluate(axe)
        found = page.evaluate("axe.run().then(result => result.violations)")
        serious = [
            (each["id"], each["nodes"][0]["html"], each["nodes"][0]["failureSummary"])
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert serious == [], path


@pytest.mark.parametrize("width", [320, 720, 1080])
def test_both_overviews_fit_between_a_small_phone_and_a_desk(
    browser: Browser, pages: str, width: int
) -> None:
    for email in (ADA, LETTERS):
        page = person(browser, pages, width=width).sign_in(email)
        expect(page.locator("#stream")).to_have_attribute("data-state", "live")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_result_is_on_both_sides_pages_within_three_seconds_without_a_reload(
    browser: Browser, running: tuple[Parts, str]
) -> None:
    parts, url = running
    both = [person(browser, url) for _ in range(2)]
    open_pages = [
        somebody.sign_in(email) for somebody, email in zip(both, (ADA, LETTERS), strict=True)
    ]
    for page in open_pages:
        expect(page.locator("#stream")).to_have_attribute("data-state", "live")
        page.evaluate("window.notReloaded = true")
        assert tile(page, "billable") == "0"
    arrive(parts.warehouse, GRAVEL, number=1)
    for page, money in zip(open_pages, ("EUR 12.00", "EUR 10.50"), strict=True):
        row = page.locator("#feed li[id]")
        expect(row).to_have_count(1, timeout=LIVE_MS)
        expect(row).to_contain_text("Sale on /thanks/arrived")
        assert tile(page, "billable") == "1"
        assert tile(page, "money").replace(" ", "") == money.replace(" ", "")
        assert page.evaluate("window.notReloaded")
    assert [each for somebody in both for each in somebody.complaints] == []


def test_numbers_change_in_place_and_nothing_moves(
    browser: Browser, running: tuple[Parts, str]
) -> None:
    parts, url = running
    arrive(parts.warehouse, GRAVEL, number=1)
    page = person(browser, url).sign_in(ADA)
    expect(page.locator("#stream")).to_have_attribute("data-state", "live")
    page.click("#chart-details summary")
    page.focus("#pause")
    places = (
        "[...document.querySelectorAll('.tile, .plot, #agreements')]"
        ".map(element => element.getBoundingClientRect().top)"
    )
    before = page.evaluate(places)
    arrive(parts.warehouse, SLOW, number=2)
    changed = page.locator('[data-tile="billable"].changed')
    expect(changed).to_have_text("2", timeout=LIVE_MS)
    assert page.evaluate(places) == before
    assert page.evaluate("document.getElementById('chart-details').open")
    assert page.evaluate("document.activeElement.id") == "pause"
    expect(changed).to_have_count(0, timeout=LIVE_MS)


def test_rows_wait_while_the_list_is_read_and_all_waits_while_paused(
    browser: Browser, running: tuple[Parts, str]
) -> None:
    parts, url = running
    arrive(parts.warehouse, GRAVEL, number=1)
    page = person(browser, url).sign_in(ADA)
    expect(page.locator("#stream")).to_have_attribute("data-state", "live")
    rows = page.locator("#feed li[id]")
    page.hover("#feed li[id]")
    arrive(parts.warehouse, SLOW, number=2)
    expect(page.locator("#waiting")).to_have_text("1 new result", timeout=LIVE_MS)
    expect(rows).to_have_count(1)
    assert tile(page, "billable") == "2"
    page.click("#waiting")
    expect(rows).to_have_count(2)
    page.click("#pause")
    expect(page.locator("#stream")).to_have_attribute("data-state", "paused")
    arrive(parts.warehouse, SLOW, number=3)
    page.wait_for_timeout(2_500)
    expect(rows).to_have_count(2)
    page.click("#pause")
    page.mouse.move(0, 0)
    expect(rows).to_have_count(3)


def test_a_lost_stream_says_as_of_when_the_numbers_are(
    browser: Browser, running: tuple[Parts, str]
) -> None:
    parts, _ = running
    somebody = None
    with served(parts) as url:
        somebody = person(browser, url)
        page = somebody.sign_in(ADA)
        expect(page.locator("#stream")).to_have_attribute("data-state", "live")
    lost = page.locator("#lost")
    expect(lost).to_be_visible()
    expect(lost).to_have_text(
        "Live updates stopped. Numbers as of 14:20:00 CET. Reconnecting…", use_inner_text=True
    )


def test_a_why_opens_beside_the_page_and_gives_the_focus_back(browser: Browser, pages: str) -> None:
    page = person(browser, pages).sign_in(ADA)
    row = page.locator("#feed .row", has_text="Over budget").first
    row.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(drawer).to_contain_text("The next appointment would cost")
    expect(drawer).to_contain_text("counterfoil.candidates")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert re.search(r"/paying$", page.url)
    expect(row).to_be_focused()


def test_a_why_is_a_page_on_a_phone(browser: Browser, pages: str) -> None:
    page = person(browser, pages, width=PHONE).sign_in(ADA)
    page.locator("#feed .row", has_text="Over budget").first.click()
    page.wait_for_url("**/conversions/*")
    expect(page.locator("main")).to_contain_text("The next appointment would cost")


def test_the_chart_is_read_by_arrow_keys(browser: Browser, pages: str) -> None:
    page = person(browser, pages).sign_in(ADA)
    page.focus("#plot")
    for key in ("End", "ArrowLeft"):
        page.keyboard.press(key)
    said = page.locator("#readout").inner_text().replace("\u00a0", " ")
    assert said == (
        "Wed 11 Nov: 60 billable, you pay EUR 156.38 · Sun 11 Oct: 44 · City Cycle Guide full"
    )
    expect(page.locator("#chart-said")).to_contain_text("60 billable")


def test_a_tile_selects_what_the_chart_shows_and_back_leads_back(
    browser: Browser, pages: str
) -> None:
    page = person(browser, pages).sign_in(ADA)
    page.click(".tile:has-text('You pay so far')")
    expect(page.locator("#chart-title")).to_have_text("You pay per day, EUR")
    assert page.url.endswith("/paying?metric=money")
    page.go_back()
    expect(page.locator("#chart-title")).to_have_text("Billable per day")


def test_the_link_is_copied_and_says_so(browser: Browser, pages: str) -> None:
    somebody = person(browser, pages, permissions=["clipboard-read", "clipboard-write"])
    page = somebody.sign_in(LETTERS)
    page.click("[data-copy]")
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://c.example.com/l/gravel01"


def test_the_chosen_theme_is_stronger_than_the_systems(browser: Browser, pages: str) -> None:
    page = person(browser, pages, scheme="light").sign_in(ADA)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(246, 247, 245)"
    page.click(".rail .menu summary")
    page.click("button:has-text('Dark')")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) == "rgb(16, 20, 18)"


def test_without_scripts_everything_can_be_read_and_chosen(browser: Browser, pages: str) -> None:
    page = person(browser, pages, java_script_enabled=False).sign_in(ADA)
    assert tile(page, "billable") == "611"
    assert page.locator("#plot").is_hidden()
    page.click("#chart-details summary")
    assert page.locator("#chart-data").is_visible()
    page.click(".tile:has-text('Refused')")
    assert page.locator("#chart-title").inner_text() == "Refused per day"
    page.click(".controls .menu summary")
    page.click("a:has-text('Last 7 days')")
    assert page.url.endswith("?metric=refused&range=7d")
    page.click("#feed a.row")
    assert "What happened" in page.locator("main").inner_text()
    page.click(".rail .menu summary")
    page.click("button:has-text('Sign out')")
    assert page.url.endswith("/sign-in")


def test_a_full_budget_stands_on_the_chart(browser: Browser, pages: str) -> None:
    page = person(browser, pages).sign_in(ADA)
    mark = page.locator(".mark-label")
    expect(mark).to_have_count(1)
    expect(mark).to_have_text(f"{CITY.partner_name} full")
