"""What becomes of one item of a server-to-server call."""

from typing import Any

import pytest

from ingest.admission import ANYONE, Admission, Caller
from ingest.clients import Clients
from ingest.events import Event, Token
from ingest.items import Refused
from ingest.server_items import admit
from ingest.tokens import seal
from tests.ingest.builders import KEYS, NOW, client, event_item, known, receipt, server_item

KNOWN = known()
STORE = Caller("store")
CLICK = Token(link="anna0001", clicked_at=NOW - 5_000, nonce="ab" * 12)
TOKEN = seal(CLICK, KEYS.token)


def admitted(caller: Caller = STORE, **changes: Any) -> Event | Refused:
    return admit(server_item(**changes), "e" * 32, caller, KNOWN, receipt(), KEYS)


def event(**changes: Any) -> Event:
    found = admitted(**changes)
    assert isinstance(found, Event), found
    return found


def test_an_item_stands_at_the_visitor_of_the_tag() -> None:
    admission = Admission(KEYS, Clients(KEYS))
    page = admission.event(event_item(visitor="b7"), client(), ANYONE, KNOWN, receipt())
    assert isinstance(page, Event)
    assert event(visitor="b7").visitor == page.visitor


def test_a_token_alone_makes_the_visitor_of_its_nonce() -> None:
    first, again = event(visitor="", click=TOKEN), event(visitor="", click=TOKEN, order="B-2")
    assert first.token == CLICK
    assert first.visitor == again.visitor
    assert first.visitor != event().visitor


def test_the_visitor_comes_before_the_token() -> None:
    both = event(visitor="b7", click=TOKEN)
    assert (both.visitor, both.token) == (event(visitor="b7").visitor, CLICK)


def test_an_item_judges_neither_network_nor_agent() -> None:
    assert (event().networks, event().verdict, event().type) == ((), "browser", "conversion")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"objective": "none"}, "unknown_objective"),
        ({"objective": "booking"}, "not_by_server"),
        ({"site": "ck_annas"}, "unknown_site"),
        ({"site": "ck_none"}, "unknown_site"),
        ({"visitor": ""}, "no_visitor"),
        ({"click": "anna0001"}, "bad_click"),
        ({"value_minor": 1}, "no_currency"),
        ({"caller": Caller("anna")}, "foreign_site"),
    ],
)
def test_what_is_refused_says_why(changes: dict[str, Any], why: str) -> None:
    refused = admitted(**changes)
    assert isinstance(refused, Refused)
    assert refused.reason == why


def test_the_sites_key_may_be_given() -> None:
    assert event(site="ck_store").site == "store"
