"""A real Chromium, and a page that remembers everything it complained of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.dashboards.example_month import PASSWORD

EXECUTABLE: Final = Path("/usr/bin/chromium")
FLAGS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)
PHONE: Final = 390
WIDE: Final = 1440

Scheme = Literal["light", "dark"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; a machine without one fails the test."""
    assert EXECUTABLE.is_file(), f"{EXECUTABLE} is not there: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=list(FLAGS), timeout=60_000
        )
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody with a browser of their own. `complaints`: errors, warnings, refused scripts."""

    context: BrowserContext
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """A new page, once it has settled."""
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.url}{path}", wait_until="load")
        return page

    def sign_in(self, email: str) -> Page:
        """By the form; the page that follows."""
        page = self.open("/sign-in")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("form button")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def person(
    browser: Browser, url: str, *, width: int = WIDE, scheme: Scheme = "light", **more: Any
) -> Person:
    """Somebody at a screen of this width."""
    phone = width <= PHONE
    context = browser.new_context(
        viewport={"width": width, "height": 844 if phone else 900},
        color_scheme=scheme,
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=2 if phone else 1,
        **more,
    )
    context.set_default_timeout(30_000)
    return Person(context, url)
