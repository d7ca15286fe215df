"""What becomes of one event of a tag, a pixel or an import."""

from typing import Any

import pytest

from ingest.admission import ANYONE, Admission, Caller
from ingest.clients import Client, Clients
from ingest.event_time import MAX_AGE_MS, MAX_IMPORT_AGE_MS
from ingest.events import Event, Token
from ingest.items import Refused
from ingest.tokens import seal
from partnerships.networks import network_hashes
from tests.ingest.builders import (
    BROWSER,
    GOOGLEBOT,
    KEYS,
    NOW,
    client,
    event_item,
    known,
    receipt,
)

KNOWN = known()
IMPORTER = Caller("store", imports=True)
CLICK = Token(link="anna0001", clicked_at=NOW - 5_000, nonce="ab" * 12, flags=("prefetch",))
TOKEN = seal(CLICK, KEYS.token)


def admit(caller: Caller = ANYONE, who: Client | None = None, **changes: Any) -> Event | Refused:
    admission = Admission(KEYS, Clients(KEYS))
    return admission.event(event_item(**changes), who or client(), caller, KNOWN, receipt())


def event(caller: Caller = ANYONE, who: Client | None = None, **changes: Any) -> Event:
    admitted = admit(caller, who, **changes)
    assert isinstance(admitted, Event), admitted
    return admitted


def reason(caller: Caller = ANYONE, **changes: Any) -> str:
    refused = admit(caller, **changes)
    assert isinstance(refused, Refused), refused
    return refused.reason


def test_an_event_carries_the_sites_id_and_the_receipt() -> None:
    made = event(url="https://store.example/a?ref=cleo&slot=2&x=1")
    assert (made.site, made.host, made.path) == ("store", "store.example", "/a")
    assert made.query == (("ref", "cleo"), ("slot", "2"))
    assert (made.received_at, made.collector) == (NOW, "collector-1")
    assert made.networks == ("n2:aa",)


def test_a_browser_keeps_its_visitor_on_one_site_only() -> None:
    assert event().visitor == event().visitor
    assert event().visitor != event(visitor="browser-2").visitor
    assert event().visitor != event(site="ck_annas").visitor
    assert event().cookieless is False


@pytest.mark.parametrize(
    "changes",
    [{"visitor": ""}, {"gpc": True}, {"consent": "denied"}, {"who": client(gpc=True)}],
)
def test_without_an_id_or_against_the_visitors_will_the_visitor_is_cookieless(
    changes: dict[str, Any],
) -> None:
    made = event(**changes)
    assert made.cookieless
    assert made.visitor == event(visitor="").visitor


def test_a_cookieless_visitor_is_network_agent_and_day() -> None:
    same = event(visitor="").visitor
    assert event(visitor="", who=client(network="192.0.2.2/32")).visitor != same
    assert event(visitor="", who=client(agent="other")).visitor != same
    assert event(visitor="", occurred_at=NOW - 24 * 3_600_000, sent_at=NOW).visitor != same
    assert event(visitor="", occurred_at=NOW - 1, sent_at=NOW).visitor == same


def test_the_cookieless_day_turns_at_midnight_in_the_advertisers_zone() -> None:
    midnight_in_berlin = 1_779_919_200_000
    before, after = (
        event(visitor="", occurred_at=at, sent_at=NOW).visitor
        for at in (midnight_in_berlin - 1, midnight_in_berlin)
    )
    assert before != after


def test_an_authentic_token_is_opened_and_is_no_code() -> None:
    made = event(url=f"https://store.example/?cf={TOKEN}")
    assert (made.token, made.code, made.query) == (CLICK, "", ())


def test_any_other_cf_is_kept_as_it_stands() -> None:
    made = event(url="https://store.example/?cf=anna0001")
    assert (made.token, made.code) == (None, "anna0001")
    forged = TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B")
    assert event(url=f"https://store.example/?cf={forged}").code == forged


def test_the_click_field_stands_for_cf_when_the_address_has_none() -> None:
    assert event(click=TOKEN).token == CLICK
    assert event(click=TOKEN, url="https://store.example/?cf=anna0001").code == "anna0001"


def test_an_old_event_is_kept_and_marked() -> None:
    assert event(occurred_at=NOW - MAX_AGE_MS - 1, sent_at=NOW).too_old
    assert not event(occurred_at=NOW - MAX_AGE_MS, sent_at=NOW).too_old


def test_what_looks_like_an_email_address_is_masked_and_orders_still_differ() -> None:
    made = event(
        type="event",
        name="ann@mail.example signed up",
        order="ann@mail.example",
        properties={"to": "bob@mail.example", "n": 1},
    )
    other = event(type="event", name="x", order="bob@mail.example")
    assert made.name == "[masked] signed up"
    assert made.properties == {"to": "[masked]", "n": 1}
    assert made.order.startswith("masked-")
    assert made.order != other.order


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id": "xyz"}, "bad_id"),
        ({"id": "0" * 31}, "bad_id"),
        ({"id": "0" * 32 + "\n"}, "bad_id"),
        ({"site": "ck_none"}, "unknown_site"),
        ({"url": "/thanks"}, "bad_url"),
        ({"type": "event"}, "no_name"),
        ({"value_minor": 100}, "no_currency"),
        ({"properties": {"a": "x" * 5000}}, "properties_too_large"),
        ({"client_address": "192.0.2.1"}, "import_only"),
        ({"user_agent": BROWSER}, "import_only"),
        ({"user_agent": ""}, "import_only"),
        ({"head": True}, "import_only"),
    ],
)
def test_what_is_refused_says_why(changes: dict[str, Any], why: str) -> None:
    assert reason(**changes) == why


def test_an_id_in_capitals_is_the_same_id() -> None:
    assert event(id="AB" * 16).id == "ab" * 16


def test_a_host_of_another_site_is_left_to_the_streams() -> None:
    assert event(url="https://elsewhere.example/").host == "elsewhere.example"


def test_an_import_names_its_client_and_the_callers_own_is_not_used() -> None:
    made = event(IMPORTER, client_address="198.51.100.9", user_agent=GOOGLEBOT)
    hashes = [network_hashes("198.51.100.9", key) for key in KEYS.networks]
    assert made.networks == (*hashes[0], *hashes[1])
    assert (made.verdict, made.imported) == ("bot", True)
    assert event(IMPORTER, user_agent=BROWSER).networks == ()
    assert event(IMPORTER, user_agent=BROWSER).verdict == "browser"
    assert event(IMPORTER, client_address="198.51.100.9").verdict == "bot"
    assert event(IMPORTER, user_agent=BROWSER, head=True).verdict == "preview"


def test_an_import_may_lie_400_days_back_and_no_more() -> None:
    assert not event(IMPORTER, occurred_at=NOW - MAX_IMPORT_AGE_MS).too_old
    assert reason(IMPORTER, occurred_at=NOW - MAX_IMPORT_AGE_MS - 1) == "too_old"


@pytest.mark.parametrize("address", ["", "localhost", "1.2.3", "1.2.3.4:80", "::1::2"])
def test_an_import_with_a_wrong_address_is_refused(address: str) -> None:
    refused = admit(IMPORTER, client_address=address, user_agent=BROWSER)
    assert isinstance(refused, Refused) == bool(address)


def test_an_import_reaches_the_key_owners_sites_only() -> None:
    assert reason(Caller("anna", imports=True), user_agent=BROWSER) == "foreign_site"


def test_the_partners_cookie_names_its_accounts() -> None:
    assert event(who=client(partner_cookie=("anna",))).partner_cookie == ("anna",)
