"""A link leads to the advertiser's own site, whatever is asked of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.links import destination, with_token
from ingest.snapshot import KnownSite
from ingest.urls import read_page

SITE = KnownSite(
    id="store",
    advertiser_id="store",
    zone="Europe/Berlin",
    hosts=frozenset({"store.example", "www.store.example"}),
    landing_url="https://store.example/",
    kept=frozenset(),
)
LANDING = "https://store.example/spring?lang=en&utm_source=page#top"
TRICKS = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5Cevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    ".evil.example",
    ":80@evil.example",
    "evil.example",
    "/\u2028/evil.example",
    "/..//evil.example",
    "/.evil.example/..;//x",
    "%2F%2Fevil.example",
    "/" + "a" * 3000,
)


def test_parameters_pass_through_and_win_over_the_landing_pages_own() -> None:
    url = destination(LANDING, SITE, "s1=x&gclid=abc%20d&utm_source=partner&s1=y")
    assert url == (
        "https://store.example/spring?lang=en&s1=x&gclid=abc%20d&utm_source=partner&s1=y#top"
    )


def test_a_deep_link_replaces_the_landing_page() -> None:
    url = destination(LANDING, SITE, "to=/bikes/gravel?size=m%23frame&s1=x")
    assert url == "https://store.example/bikes/gravel?size=m&s1=x#frame"


def test_the_token_is_the_last_parameter_before_the_fragment() -> None:
    assert with_token("https://store.example/a#top", "T") == "https://store.example/a?cf=T#top"
    assert with_token("https://store.example/?a=1", "T") == "https://store.example/?a=1&cf=T"


def test_a_token_that_the_visitor_brings_is_dropped() -> None:
    assert destination(LANDING, SITE, "cf=forged&s1=x") == (
        "https://store.example/spring?lang=en&utm_source=page&s1=x#top"
    )


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("landing", ["https://store.example", LANDING])
def test_no_deep_link_leads_off_the_site(trick: str, landing: str) -> None:
    url = destination(landing, SITE, f"to={trick}")
    assert re.match(r"https://store\.example[/?]", url), url
    assert not re.search(r"[\x00-\x20\x7f-\U0010ffff\\]", url)


@given(st.text(max_size=60))
def test_no_query_leads_off_the_site_or_breaks_the_header(query: str) -> None:
    for asked in (query, f"to={query}", f"to=/{query}"):
        url = with_token(destination(LANDING, SITE, asked), "T")
        assert re.match(r"https://store\.example/", url), url
        assert not re.search(r"[\x00-\x20\x7f-\U0010ffff\\]", url)


@pytest.mark.parametrize(
    "landing",
    [
        "https://evil.example/",
        "https://store.example.evil.example/",
        "https://store.example@evil.example/",
        "https://store.example:x@evil.example/",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_landing_page_of_another_host_is_not_used(landing: str) -> None:
    page = read_page(destination(landing, SITE, ""), frozenset())
    assert page is not None
    assert page.host in SITE.hosts
