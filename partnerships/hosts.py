"""Which texts are host names, and which hosts can mean one partner (rules.md §4)."""

import re
from typing import Final
from urllib.parse import urlsplit

_LABEL: Final = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_SEARCH_ENGINES: Final = (
    *("google", "bing", "yahoo", "yandex", "baidu", "duckduckgo", "ecosia", "qwant", "startpage"),
    *("ask", "aol", "naver", "seznam", "sogou", "kagi", "mojeek", "swisscows", "metager"),
    *("dogpile", "petalsearch", "presearch", "lukol", "gibiru", "searx", "marginalia"),
)
_SEARCH_HOST = re.compile(
    rf"(?:.+\.)?(?:(?:{'|'.join(_SEARCH_ENGINES)})\.(?:(?:com?|org|net)\.)?[a-z]{{2,6}}"
    r"|search\.brave\.com|so\.com|ya\.ru)"
)
_REGISTRY = re.compile(r"[a-z0-9-]+|(?:com?|org|net|gov|edu|ac|or|ne|gob|nom)\.[a-z]{2}")


def is_host(text: str) -> bool:
    """A lower-case name or IPv4 address without port; other alphabets in their xn-- form."""
    return _HOST.fullmatch(text) is not None


def is_search_engine(host: str) -> bool:
    """Whether visits from here are people who searched, so that no partner sent them."""
    return _SEARCH_HOST.fullmatch(host) is not None


def is_registry(host: str) -> bool:
    """Whether anybody may have a name below this one, such as `com` or `co.uk`."""
    return _REGISTRY.fullmatch(host) is not None


def is_within(host: str, parent: str) -> bool:
    """Whether the host is the other one or a subdomain of it."""
    return host == parent or host.endswith(f".{parent}")


def host_of(url: str) -> str:
    """The host of an absolute http or https URL without user name; "" for anything else."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or re.search(r"[\s\\]", url):
        return ""
    return (parts.hostname or "").lower()
