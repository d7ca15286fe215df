"""The tag in a real browser: what a page view, an event and a visitor's will become in the log."""

from collections.abc import Iterator
from shutil import which
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ingest.events import Event
from tests.ingest.builders import BROWSER
from tests.ingest.running import RunningCollector, events_by_id, wait_for
from tests.ingest.site import Website, serving

CHROMIUM: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = which("chromium")
    assert chromium, "the tag is tested in Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def website(collector: RunningCollector) -> Website:
    return Website(collector.url)


@pytest.fixture
def address(website: Website) -> Iterator[str]:
    with serving(website) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(user_agent=BROWSER)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page in which nothing may fail."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


class Arrivals:
    """What arrived of one website since the test began."""

    def __init__(self, broker: str) -> None:
        self._broker = broker
        self._before = set(events_by_id(broker))

    def wait(self, count: int) -> list[Event]:
        wait_for(lambda: len(self._now()) >= count, lambda: str(self._now()))
        return self._now()

    def _now(self) -> list[Event]:
        found = events_by_id(self._broker)
        new = [found[event_id] for event_id in found.keys() - self._before]
        return sorted(new, key=lambda event: (event.occurred_at, event.received_at))


@pytest.fixture
def arrivals(broker: str) -> Arrivals:
    return Arrivals(broker)


def paths(events: list[Event]) -> list[str]:
    return [event.path for event in events if event.type == "page"]


def test_page_views_of_one_browser_are_one_visitor(
    page: Page, address: str, arrivals: Arrivals
) -> None:
    page.goto(address + "/a?utm_source=x&other=y")
    first = arrivals.wait(1)[0]
    page.click("a")
    views = arrivals.wait(2)
    assert paths(views) == ["/a", "/next"]
    assert first.query == (("utm_source", "x"),)
    assert first.verdict == "browser"
    assert len({view.visitor for view in views}) == 1
    assert not any(view.cookieless for view in views)
    assert (views[1].referrer_host, views[1].referrer_path) == ("127.0.0.1", "/a")


def test_a_click_token_is_read_and_taken_out_of_the_address(
    page: Page, address: str, arrivals: Arrivals
) -> None:
    page.goto(address + "/a?x=1&cf=anna0001&y=2#part")
    assert arrivals.wait(1)[0].code == "anna0001"
    assert page.url == address + "/a?x=1&y=2#part"
    page.goto(address + "/b?cf=ben00001")
    arrivals.wait(2)
    assert page.url == address + "/b"


def test_an_event_called_before_the_tag_has_loaded_is_sent(
    page: Page, address: str, website: Website, arrivals: Arrivals
) -> None:
    website.before = (
        "window.counterfoil=window.counterfoil||function(){"
        "(counterfoil.q=counterfoil.q||[]).push(arguments)};"
        'counterfoil("event","purchase",{order:17,value_minor:4900,currency:"EUR",'
        'properties:{size:"m"}})'
    )
    page.goto(address + "/thanks")
    events = {event.type: event for event in arrivals.wait(2)}
    sold = events["event"]
    assert (sold.name, sold.order, sold.value_minor, sold.currency) == (
        "purchase",
        "17",
        4900,
        "EUR",
    )
    assert sold.properties == {"size": "m"}
    assert sold.visitor == events["page"].visitor


def test_a_page_that_changes_its_address_is_viewed_again(
    page: Page, address: str, arrivals: Arrivals
) -> None:
    page.goto(address + "/a")
    arrivals.wait(1)
    page.evaluate("history.pushState({}, '', '/b')")
    page.evaluate("history.replaceState({}, '', '/b#part')")
    page.evaluate("history.replaceState({}, '', '/c?utm_source=x')")
    arrivals.wait(3)
    page.go_back()
    assert paths(arrivals.wait(4)) == ["/a", "/b", "/c", "/a"]


def test_an_event_at_the_moment_of_leaving_arrives(
    page: Page, address: str, arrivals: Arrivals
) -> None:
    page.goto(address + "/a")
    page.evaluate("counterfoil('event', 'left'); location.href = 'about:blank'")
    assert "left" in {event.name for event in arrivals.wait(2)}


def test_included_twice_counts_once(
    page: Page, address: str, website: Website, arrivals: Arrivals
) -> None:
    website.twice = True
    page.goto(address + "/a")
    page.evaluate("counterfoil('event', 'once')")
    assert sorted(event.type for event in arrivals.wait(2)) == ["event", "page"]


def test_a_test_page_says_so(
    page: Page, address: str, website: Website, arrivals: Arrivals
) -> None:
    website.attributes = "data-test"
    page.goto(address + "/a")
    assert arrivals.wait(1)[0].test


@pytest.mark.parametrize("will", ["gpc", "denied"])
def test_against_the_visitors_will_nothing_is_kept(
    page: Page,
    context: BrowserContext,
    address: str,
    website: Website,
    arrivals: Arrivals,
    will: str,
) -> None:
    if will == "gpc":
        page.add_init_script(
            "Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true})"
        )
    else:
        website.attributes = 'data-consent="denied"'
    page.goto(address + "/a")
    (view,) = arrivals.wait(1)
    assert view.cookieless
    assert (view.gpc, view.consent) == (will == "gpc", "denied" if will == "denied" else "")
    assert context.cookies() == []
    assert page.evaluate("localStorage.length") == 0


def test_required_consent_holds_events_until_it_is_given(
    page: Page, address: str, website: Website, arrivals: Arrivals
) -> None:
    website.attributes = 'data-consent="required"'
    page.goto(address + "/a")
    page.evaluate("counterfoil('event', 'held')")
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("counterfoil('consent', 'granted')")
    events = arrivals.wait(2)
    assert {event.consent for event in events} == {"granted"}
    assert {event.type for event in events} == {"page", "event"}


def test_refused_consent_discards_what_was_held(
    page: Page, address: str, website: Website, arrivals: Arrivals
) -> None:
    website.attributes = 'data-consent="required"'
    page.goto(address + "/a")
    page.evaluate("counterfoil('consent', 'denied')")
    page.evaluate("counterfoil('event', 'after')")
    (event,) = arrivals.wait(1)
    assert (event.name, event.consent, event.cookieless) == ("after", "denied", True)


def test_without_storage_events_are_sent_all_the_same(
    page: Page, address: str, arrivals: Arrivals
) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }});"
        "Object.defineProperty(Document.prototype, 'cookie', {get: () => '', set() {}})"
    )
    page.goto(address + "/a")
    assert arrivals.wait(1)[0].cookieless


def test_wrong_calls_never_throw_into_the_page(
    page: Page, address: str, arrivals: Arrivals
) -> None:
    page.goto(address + "/a")
    page.evaluate(
        "const loop = {}; loop.self = loop;"
        "counterfoil(); counterfoil('event'); counterfoil('event', 'x', loop);"
        "counterfoil('event', 'x', 7); counterfoil('nonsense', {}); counterfoil(null)"
    )
    page.evaluate("counterfoil('event', 'fine')")
    wait_for(lambda: "fine" in {event.name for event in arrivals.wait(1)})
