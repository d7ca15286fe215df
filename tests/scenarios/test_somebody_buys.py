"""A person follows a partner's link, buys, and both sides see it arrive by itself."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from embedded.stack import Stack
from tests.engines import free_ports, wait_until
from tests.scenarios.calls import BROWSER
from tests.scenarios.pipeline import Pipeline
from tests.scenarios.test_rules_equal_the_recount import HERE, filled

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
)
SEEN_MS: Final = 30_000


class Corner(NamedTuple):
    """The demo shop with a tag of its own, and what its stack knows of it."""

    address: str
    pipeline: Pipeline


@pytest.fixture(scope="module")
def corner(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corner]:
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-m", "embedded.shop", "--listen", f"127.0.0.1:{port}"]
    command += ["--collector", stack.url("collector"), "--site", "ck_corner"]
    process = subprocess.Popen(command)
    try:
        pipeline = Pipeline(stack, "corner-shop", tmp_path_factory.mktemp("corner"))
        pipeline.apply(filled(HERE / "corner.toml", {"landing": address}))
        wait_until(lambda: _answers(address))
        yield Corner(address, pipeline)
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


def signed_in(context: BrowserContext, stack: Stack, email: str, password: str) -> Page:
    """A person's overview."""
    page = context.new_page()
    page.goto(f"{stack.url('dashboards')}/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("main form button")
    page.wait_for_selector("text=Latest results")
    return page


def test_a_purchase_arrives_on_both_sides(stack: Stack, browser: Browser, corner: Corner) -> None:
    paying = signed_in(browser.new_context(), stack, "ann@corner.example", "corner-password-1")
    earning = signed_in(browser.new_context(), stack, "bob@street.example", "corner-password-2")
    visitor = browser.new_context(user_agent=BROWSER).new_page()
    visitor.goto(f"{stack.url('collector')}/l/street01?s1=letter-7")
    assert visitor.url.startswith(corner.address)
    visitor.wait_for_function("!location.search.includes('cf=')")
    visitor.goto(f"{corner.address}bikes/tide-runner")
    visitor.click("main form button")
    visitor.click("form[action='/order'] button")
    visitor.wait_for_url("**/thanks/*")
    order = visitor.url.split("/thanks/")[1].split("?")[0]
    for page in (paying, earning):
        page.get_by_text(f"Sale on /thanks/{order}").first.wait_for(timeout=SEEN_MS)
    assert "12.75" in paying.inner_text("main")
    assert "11.25" in earning.inner_text("main")


def test_the_partners_own_browser_is_recognised(
    stack: Stack, browser: Browser, corner: Corner
) -> None:
    context = browser.new_context(user_agent=BROWSER)
    earning = signed_in(context, stack, "bob@street.example", "corner-password-2")
    visitor = context.new_page()
    visitor.goto(f"{stack.url('collector')}/l/street01")
    visitor.wait_for_function("!location.search.includes('cf=')")
    visitor.goto(f"{corner.address}thanks/own-order")
    earning.get_by_text("Sale on /thanks/own-order").first.wait_for(timeout=SEEN_MS)
    conversions = corner.pipeline.observed().conversions
    (own,) = [each for each in conversions if each.candidate.order == "own-order"]
    assert own.disposition == "self_click"
