"""What is kept of a page's address and of a referrer; the rest never leaves the collector.

Of a page: host, path, and the query parameters that somebody named (rules.md §2). Of a referrer:
host and path.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_plus

from ingest.masking import mask

CLICK_PARAMETER: Final = "cf"
ALWAYS_KEPT: Final = frozenset({"s1", "s2", "s3", "s4", "s5"})
MAX_CODE: Final = 512
"""A `cf=` that is no token is kept up to this many characters: the longest token is shorter."""

_HOSTS_CACHED: Final = 1 << 12
_PAGE: Final = re.compile(r"https?://([^/?#\\]+)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_REFERRER: Final = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#\\]+)([^?#]*)", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_PORT: Final = re.compile(r":[0-9]*\Z")
# What a browser escapes in a path, so that a log and a tag name the same page alike.
_ODD_IN_PATH: Final = re.compile(r"[^!-~]|[\"<>`{}^]")
_PATH_SAFE: Final = "!$%&'()*+,-./:;=@[\\]_|~"


class Page(NamedTuple):
    """A reduced page address. `query`: the kept parameters, decoded, in their order.

    `click`: the first `cf` parameter's value, "" without one; it is never part of `query`.
    """

    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    click: str


def read_page(url: str, kept: frozenset[str]) -> Page | None:
    """The reduced address of a page; `kept` are the site's own parameters. None: not a web page."""
    found = _PAGE.match(url)
    host = _host(found[1]) if found else ""
    if not found or not host:
        return None
    path = _path(found[2])
    if not found[3]:
        return Page(host, path, (), "")
    query, click = read_query(found[3], kept)
    return Page(host, path, query, click)


def read_query(text: str, kept: frozenset[str]) -> tuple[tuple[tuple[str, str], ...], str]:
    """The kept parameters of a query string, and the first `cf`."""
    query: list[tuple[str, str]] = []
    click = ""
    for name, value in parameters(text):
        if name == CLICK_PARAMETER:
            click = click or value[:MAX_CODE]
        elif name in kept or name in ALWAYS_KEPT or name.startswith("utm_"):
            query.append((name, mask(value)))
    return tuple(query), click


def parameters(text: str) -> list[tuple[str, str]]:
    """All parameters of a query string, decoded as forms are, in their order."""
    return [
        (unquote_plus(name), unquote_plus(value))
        for name, _, value in (piece.partition("=") for piece in text.split("&") if piece)
    ]


def read_referrer(url: str) -> tuple[str, str]:
    """Host and path of a referrer; two times "" when there is none that can be read."""
    found = _REFERRER.match(url) if url else None
    host = _host(found[1]) if found else ""
    return (host, _path(found[2])) if found and host else ("", "")


@lru_cache(maxsize=_HOSTS_CACHED)
def _host(authority: str) -> str:
    """The lower-case host of `user@HOST:port`; "" when it is none."""
    host = _PORT.sub("", authority.rpartition("@")[2]).rstrip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    return host if _HOST.fullmatch(host) else ""


def _path(path: str) -> str:
    if not path:
        return "/"
    path = path.replace("\\", "/")
    if _ODD_IN_PATH.search(path):
        path = quote(path, safe=_PATH_SAFE)
    return mask(path)
