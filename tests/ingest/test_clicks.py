"""What the collector knows at a click stands in its token's flags (rules.md §4)."""

from typing import Any

import pytest

from ingest.admission import Admission
from ingest.clicks import Hit, click
from ingest.clients import Clients
from ingest.events import Event
from partnerships.networks import network_hashes
from tests.ingest.builders import (
    KEYS,
    NOW,
    PARTNERS_ADDRESS,
    PAYERS_ADDRESS,
    client,
    known,
    receipt,
)

KNOWN = known()


def hit(query: str = "", **changes: Any) -> Event:
    link, site = KNOWN.link("anna0001"), KNOWN.site("store")
    assert link is not None
    assert site is not None
    found = Hit(
        link, site, client(**changes), query, "https://blog.example/p?q", "e" * 32, "ab" * 12
    )
    return click(found, KNOWN, receipt(), Admission(KEYS, Clients(KEYS)))


def test_a_click_by_a_browser_has_no_flags() -> None:
    made = hit("s1=a&secret=b")
    assert made.token is not None
    assert (made.token.link, made.token.clicked_at, made.token.flags) == ("anna0001", NOW, ())
    assert (made.type, made.query, made.cookieless) == ("click", (("s1", "a"),), True)
    assert (made.referrer_host, made.referrer_path) == ("blog.example", "/p")
    assert (made.host, made.path) == ("store.example", "/l/anna0001")


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"verdict": "bot"}, ("bot",)),
        ({"verdict": "preview"}, ("preview",)),
        ({"verdict": "prefetch"}, ("prefetch",)),
        ({"partner_cookie": ("ben", "anna")}, ("partner_cookie",)),
        ({"partner_cookie": ("ben",)}, ()),
        ({"hashes": network_hashes(PARTNERS_ADDRESS, KEYS.network)}, ("partner_network",)),
        ({"hashes": network_hashes(PAYERS_ADDRESS, KEYS.network)}, ("own",)),
        ({"hashes": network_hashes("203.0.113.8", KEYS.network)}, ()),
    ],
)
def test_what_is_known_at_the_click_is_flagged(
    changes: dict[str, Any], flags: tuple[str, ...]
) -> None:
    token = hit(**changes).token
    assert token is not None
    assert token.flags == flags
