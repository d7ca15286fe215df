"""Where a partner's link leads: always to a host of the advertiser's own site.

`to=/path` names another page of the same site; `cf` is ours; all other parameters pass through and
win over the landing page's own of the same name.
"""

import re
from typing import Final
from urllib.parse import quote, unquote_plus

from ingest.snapshot import KnownSite
from ingest.urls import CLICK_PARAMETER, read_page

DEEP_LINK: Final = "to"
MAX_DEEP_LINK: Final = 2048
_OURS: Final = {DEEP_LINK, CLICK_PARAMETER}

_PARTS: Final = re.compile(r"(https?://[^/?#\\]+)([^?#]*)(?:\?([^#]*))?(#.*)?", re.I | re.S)
# A path of this site: one slash, and nothing that a browser would drop or take for a slash.
_PATH: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_PRINTABLE: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>`\\')


def destination(landing_url: str, site: KnownSite, query: str) -> str:
    """The address for a hit with this raw query string, without a click token."""
    origin, path, own, fragment = _split(_on_site(landing_url, site))
    asked = _deep_link(query)
    if asked:
        _, path, own, fragment = _split(origin + asked)
    passed = [piece for piece in query.split("&") if piece and _name(piece) not in _OURS]
    names = {_name(piece) for piece in passed} | _OURS
    kept = [piece for piece in own.split("&") if piece and _name(piece) not in names]
    pieces = "&".join(quote(piece, safe=_PRINTABLE) for piece in [*kept, *passed])
    return quote(origin + path, safe=_PRINTABLE) + (f"?{pieces}" if pieces else "") + fragment


def with_token(url: str, token: str) -> str:
    """The address with a click token as its last parameter."""
    before, hash_, fragment = url.partition("#")
    joint = "&" if "?" in before else "?"
    return f"{before}{joint}{CLICK_PARAMETER}={token}{hash_}{fragment}"


def _on_site(landing_url: str, site: KnownSite) -> str:
    for url in (landing_url, site.landing_url):
        page = read_page(url, site.kept)
        if page and page.host in site.hosts:
            return url
    return f"https://{min(site.hosts)}/"


def _split(url: str) -> tuple[str, str, str, str]:
    found = _PARTS.fullmatch(url)
    assert found, "an address of the site was read before"
    path = (found[2] or "/").replace("\\", "/")
    fragment = quote(found[4] or "", safe=_PRINTABLE)
    return found[1], path, found[3] or "", fragment


def _deep_link(query: str) -> str:
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        if name == DEEP_LINK:
            path = unquote_plus(value)
            return path if len(path) <= MAX_DEEP_LINK and _PATH.fullmatch(path) else ""
    return ""


def _name(piece: str) -> str:
    return unquote_plus(piece.partition("=")[0])
