"""Of an address only what somebody named is kept (rules.md §2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.masking import mask
from ingest.urls import Page, read_page, read_referrer

KEPT = frozenset({"ref", "order"})


def page(url: str) -> Page:
    found = read_page(url, KEPT)
    assert found is not None
    return found


def test_named_parameters_are_kept_in_their_order_and_others_are_not() -> None:
    url = "https://store.example/a?secret=1&utm_source=x&s1=one&ref=cleo&S1=no&order=7#top"
    assert page(url).query == (("utm_source", "x"), ("s1", "one"), ("ref", "cleo"), ("order", "7"))


def test_the_click_parameter_is_apart_and_the_first_counts() -> None:
    found = page("https://store.example/?cf=anna0001&utm_medium=m&cf=ben00001")
    assert (found.click, found.query) == ("anna0001", (("utm_medium", "m"),))


def test_parameters_are_decoded_as_forms_are() -> None:
    assert page("https://store.example/?utm_source=a+b%26c%C3%A9").query == (
        ("utm_source", "a b&cé"),
    )


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("HTTPS://Store.Example:8443/a", "store.example"),
        ("https://user:pass@store.example/", "store.example"),
        ("https://store.example.?x", "store.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("http://127.0.0.1:8002/", "127.0.0.1"),
        ("https://store.example\\@evil.example/", "store.example"),
        ("https://evil.example#@store.example/", "evil.example"),
    ],
)
def test_the_host_is_the_one_a_browser_would_ask(url: str, host: str) -> None:
    assert page(url).host == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "//store.example/",
        "ftp://store.example/",
        "https://",
        "https:///a",
        "https://?x",
        "javascript:alert(1)",
        "https://a b/",
        "https://store.example:80:80/",
        "https://..",
        "x" * 9000,
    ],
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert read_page(url, KEPT) is None


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://store.example", "/"),
        ("https://store.example?x=1", "/"),
        ("https://store.example/caf\u00e9 au lait", "/caf%C3%A9%20au%20lait"),
        ("https://store.example/caf%C3%A9", "/caf%C3%A9"),
        ("https://store.example/a\\b", "/a/b"),
    ],
)
def test_the_path_is_written_as_a_browser_would(url: str, path: str) -> None:
    assert page(url).path == path


def test_email_like_values_are_masked_wherever_they_stand() -> None:
    found = page("https://store.example/u/ann%40mail.example/x?utm_source=bob@mail.example&s1=ok")
    assert found.path == "/u/[masked]/x"
    assert found.query == (("utm_source", "[masked]"), ("s1", "ok"))
    assert read_referrer("https://mail.example/to/ann@mail.example")[1] == "/to/[masked]"


@given(
    st.from_regex(r"[a-z0-9._+-]{1,20}", fullmatch=True),
    st.from_regex(r"[a-z0-9-]{1,20}\.[a-z]{2,6}", fullmatch=True),
    st.sampled_from(["@", "%40"]),
)
def test_no_address_survives_masking(local: str, domain: str, at: str) -> None:
    assert domain not in mask(f"to {local}{at}{domain} and on")


def test_masking_leaves_other_text_alone() -> None:
    for text in ("a@b", "@twitter", "npm@1.2.3", "50% of 40", "x%40y", ""):
        assert mask(text) == text


def test_a_referrer_gives_host_and_path_without_its_query() -> None:
    assert read_referrer("https://www.Google.com/search?q=secret#x") == (
        "www.google.com",
        "/search",
    )
    assert read_referrer("android-app://com.example.app/") == ("com.example.app", "/")


@pytest.mark.parametrize("url", ["", "-", "about:blank", "not a url", "https://", "https://%zz/"])
def test_a_referrer_that_can_t_be_read_is_none(url: str) -> None:
    assert read_referrer(url) == ("", "")


@given(st.text(max_size=200))
def test_nothing_makes_an_address_reader_fail(text: str) -> None:
    read_page("https://store.example/" + text, KEPT)
    read_page(text, KEPT)
    read_referrer(text)
