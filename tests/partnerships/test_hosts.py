"""A host that can mean one partner is neither a search engine's nor everybody's."""

import pytest

from partnerships.hosts import host_of, is_host, is_registry, is_search_engine, is_within


@pytest.mark.parametrize(
    "host",
    [
        *("google.com", "www.google.de", "images.google.co.uk", "google.com.au", "bing.com"),
        *("search.yahoo.com", "duckduckgo.com", "yandex.ru", "www.ecosia.org", "search.brave.com"),
    ],
)
def test_search_engines_are_known(host: str) -> None:
    assert is_search_engine(host)


@pytest.mark.parametrize(
    "host",
    [
        "googleblog.example",
        "notgoogle.com",
        "google.partner.example",
        "ask.metafilter.com",
        "brave.com",
    ],
)
def test_others_are_no_search_engines(host: str) -> None:
    assert not is_search_engine(host)


def test_a_registry_is_nobodys_own() -> None:
    assert all(map(is_registry, ("com", "example", "co.uk", "com.au")))
    assert not any(map(is_registry, ("shop.com", "bbc.co.uk", "co.example", "127.0.0.1")))


@pytest.mark.parametrize("text", ["shop.example", "127.0.0.1", "localhost", "xn--caf-dma.example"])
def test_hosts(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize(
    "text", ["", "Shop.example", "shop..example", "-a.example", "a b", "a:1", "é.example", "a" * 64]
)
def test_no_hosts(text: str) -> None:
    assert not is_host(text)


def test_a_subdomain_is_within_its_parent() -> None:
    assert is_within("a.b.example", "b.example")
    assert is_within("b.example", "b.example")
    assert not is_within("ab.example", "b.example")
    assert not is_within("b.example", "a.b.example")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Shop.example:8443/a?b#c", "shop.example"),
        ("http://127.0.0.1:8002/", "127.0.0.1"),
        ("https://user@shop.example/", ""),
        ("ftp://shop.example/", ""),
        ("//shop.example/", ""),
        ("https://shop.example:port/", ""),
        ("https://evil.example\\@shop.example/", ""),
        ("https://shop.example/\n", ""),
        ("shop.example", ""),
    ],
)
def test_the_host_of_a_page(url: str, host: str) -> None:
    assert host_of(url) == host
