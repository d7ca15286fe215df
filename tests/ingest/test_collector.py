"""The collector's calls, from HTTP to the log."""

import json
import secrets
from typing import Any

import httpx
import pytest

from ingest.events import Event, partition_of
from ingest.identity import server_event_id, visitor_key
from ingest.tokens import open_token
from partnerships import partner_cookie
from partnerships.catalog import Account, CatalogRecord, Collector, Link, Site
from partnerships.keys import Keys
from tests.ingest.builders import (
    BROWSER,
    CONVERT_SECRET,
    FOREIGN_SECRET,
    GOOGLEBOT,
    IMPORT_SECRET,
    records,
)
from tests.ingest.malformed import MALFORMED_BODIES, MALFORMED_ITEMS
from tests.ingest.running import (
    RunningCollector,
    events_by_id,
    publish,
    read_catalog,
    read_events,
    wait_for,
)

JSON = {"content-type": "application/json"}
IMPORT = JSON | {"authorization": f"Bearer {IMPORT_SECRET}"}


def page(**changes: Any) -> dict[str, Any]:
    fields = {
        "id": secrets.token_hex(16),
        "site": "ck_store",
        "type": "page",
        "url": "https://store.example/",
        "visitor": "browser-1",
    }
    return fields | changes


def post(http: httpx.Client, value: object, **headers: str) -> httpx.Response:
    body = json.dumps(value)
    return http.post("/v1/events", content=body, headers={"content-type": "text/plain"} | headers)


def convert(
    http: httpx.Client, value: object, key: str | None = None, secret: str = CONVERT_SECRET
) -> httpx.Response:
    headers = JSON | {
        "authorization": f"Bearer {secret}",
        "idempotency-key": key or secrets.token_hex(8),
    }
    return http.post("/v1/conversions", content=json.dumps(value), headers=headers)


# Events.


def test_an_accepted_event_is_in_kafka(
    http: httpx.Client, broker: str, installation_keys: Keys
) -> None:
    event = page(url="https://store.example/a?ref=cleo&x=1")
    answer = post(http, event)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "refused": []})
    (written,) = [
        one
        for one in read_events(broker)
        if isinstance(one.line, Event) and one.line.id == event["id"]
    ]
    line = written.line
    assert isinstance(line, Event)
    assert line.visitor == visitor_key("store", "browser-1", installation_keys.visitor)
    assert written.partition == partition_of(line.visitor, 8)
    assert written.pin == len(records())
    assert (line.query, line.verdict) == ((("ref", "cleo"),), "browser")


def test_items_of_an_array_stand_for_themselves(http: httpx.Client, broker: str) -> None:
    good, other = page(), page(visitor="browser-2")
    answer = post(http, [good, page(site="ck_none"), 7, other, page(url="x")])
    assert answer.status_code == 202
    body = answer.json()
    assert body["accepted"] == 2
    assert [(one["index"], one["reason"]) for one in body["refused"]] == [
        (1, "unknown_site"),
        (2, "malformed"),
        (4, "bad_url"),
    ]
    assert {good["id"], other["id"]} <= events_by_id(broker).keys()


def test_when_nothing_is_taken_the_answer_is_400_with_the_reasons(http: httpx.Client) -> None:
    answer = post(http, page(site="ck_none"))
    assert answer.status_code == 400
    assert answer.json()["refused"][0]["reason"] == "unknown_site"


@pytest.mark.parametrize("body", MALFORMED_BODIES)
def test_a_malformed_body_is_a_400_with_a_reason(http: httpx.Client, body: bytes) -> None:
    for path in ("/v1/events", "/v1/conversions"):
        headers = IMPORT | {"idempotency-key": secrets.token_hex(8)}
        if path == "/v1/conversions":
            headers["authorization"] = f"Bearer {CONVERT_SECRET}"
        answer = http.post(path, content=body, headers=headers)
        assert answer.status_code == 400, answer.text
        assert answer.json()["reason"]


@pytest.mark.parametrize("change", MALFORMED_ITEMS)
def test_a_malformed_item_is_a_400(http: httpx.Client, change: dict[str, Any]) -> None:
    answer = post(http, page(**change))
    assert answer.status_code == 400, answer.text


def test_a_body_of_another_kind_is_a_415(http: httpx.Client) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/html", ""):
        answer = post(http, page(), **{"content-type": kind})
        assert answer.status_code == 415
    assert convert(http, [], secret=CONVERT_SECRET).status_code == 400


def test_a_body_beyond_its_limit_is_a_413(http: httpx.Client) -> None:
    large = b" " * (1024 * 1024 + 1)
    declared = http.post("/v1/events", content=large, headers=JSON)
    chunked = http.post("/v1/events", content=iter([large[:700_000]] * 2), headers=JSON)
    assert (declared.status_code, chunked.status_code) == (413, 413)
    assert post(http, page()).status_code == 202


def test_a_body_in_pieces_is_read_whole(http: httpx.Client) -> None:
    body = json.dumps([page()]).encode()
    pieces = (body[at : at + 7] for at in range(0, len(body), 7))
    assert http.post("/v1/events", content=pieces, headers=JSON).status_code == 202


def test_pages_of_every_origin_may_send_and_read_the_answer(http: httpx.Client) -> None:
    answer = post(http, page(), origin="https://store.example")
    assert answer.headers["access-control-allow-origin"] == "https://store.example"
    assert answer.headers["access-control-allow-credentials"] == "true"
    refused = post(http, page(id="x"), origin="null")
    assert refused.headers["access-control-allow-origin"] == "null"
    preflight = http.options("/v1/events", headers={"origin": "https://store.example"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_what_the_request_says_of_its_agent_is_the_verdict(http: httpx.Client, broker: str) -> None:
    marks = {
        "browser": {},
        "bot": {"user-agent": GOOGLEBOT},
        "prefetch": {"sec-purpose": "prefetch;prerender"},
    }
    sent = {}
    for verdict, headers in marks.items():
        event = page()
        assert post(http, event, **headers).status_code == 202
        sent[event["id"]] = verdict
    found = events_by_id(broker)
    assert {event_id: found[event_id].verdict for event_id in sent} == sent


def test_gpc_by_header_makes_the_visitor_cookieless(http: httpx.Client, broker: str) -> None:
    event = page()
    post(http, event, **{"sec-gpc": "1"})
    line = events_by_id(broker)[event["id"]]
    assert (line.cookieless, line.gpc) == (True, True)


def test_the_partners_signed_cookie_is_read(
    http: httpx.Client, broker: str, installation_keys: Keys
) -> None:
    value = partner_cookie.seal(["anna"], installation_keys.cookie)
    signed, forged = page(), page()
    post(http, signed, cookie=f"a=b; {partner_cookie.NAME}={value}; c=d")
    post(http, forged, cookie=f"{partner_cookie.NAME}={value[:-1]}")
    found = events_by_id(broker)
    assert found[signed["id"]].partner_cookie == ("anna",)
    assert found[forged["id"]].partner_cookie == ()


# Import keys.


def test_an_import_key_names_client_and_time(http: httpx.Client, broker: str) -> None:
    event = page(
        client_address="198.51.100.9",
        user_agent=GOOGLEBOT,
        occurred_at=1_779_000_000_000,
        visitor="",
    )
    answer = http.post("/v1/events", content=json.dumps([event]), headers=IMPORT)
    assert answer.status_code == 202, answer.text
    line = events_by_id(broker)[event["id"]]
    assert (line.imported, line.verdict, line.occurred_at) == (True, "bot", 1_779_000_000_000)
    assert len(line.networks) == 2


@pytest.mark.parametrize(
    "value",
    ["Bearer nonsense", f"Bearer {CONVERT_SECRET}", "Bearer", "Basic YTpi", "Bearer \u00e4"],
)
def test_a_key_that_may_not_import_is_a_401(http: httpx.Client, value: str) -> None:
    headers = [(b"authorization", value.encode()), (b"content-type", b"text/plain")]
    answer = http.post("/v1/events", content=json.dumps(page()), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["reason"]


def test_another_accounts_key_does_not_reach_the_site(http: httpx.Client) -> None:
    headers = JSON | {"authorization": f"Bearer {FOREIGN_SECRET}"}
    answer = http.post("/v1/events", content=json.dumps(page(user_agent=BROWSER)), headers=headers)
    assert answer.json()["refused"][0]["reason"] == "foreign_site"


# Pixels.


def test_a_pixel_is_an_event_of_the_page_that_shows_it(http: httpx.Client, broker: str) -> None:
    event_id = secrets.token_hex(16)
    answer = http.get(
        "/p.gif",
        params={"site": "ck_store", "id": event_id, "value_minor": "250", "currency": "EUR"},
        headers={"referer": "https://store.example/thanks?slot=1"},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
    line = events_by_id(broker)[event_id]
    assert (line.path, line.query, line.value_minor) == ("/thanks", (("slot", "1"),), 250)
    assert line.cookieless


@pytest.mark.parametrize(
    "params", [{}, {"site": "ck_none"}, {"site": "ck_store", "test": "maybe"}, {"site": "ck_store"}]
)
def test_a_pixel_that_cannot_be_taken_is_a_400(http: httpx.Client, params: dict[str, str]) -> None:
    answer = http.get("/p.gif", params=params)
    assert answer.status_code == 400
    assert answer.json()["refused"]


# Server to server.


def test_server_items_have_ids_that_a_repeated_call_repeats(
    http: httpx.Client, broker: str
) -> None:
    items = [
        {"objective": "purchase", "order": "A-1", "visitor": "browser-1"},
        {"objective": "none"},
        {"objective": "purchase", "order": "A-2", "visitor": "browser-1", "test": True},
    ]
    first, again = convert(http, items, "order-7"), convert(http, items, "order-7")
    assert first.json() == again.json()
    assert first.json()["accepted"] == 2
    assert first.json()["refused"][0] == {
        "index": 1,
        "reason": "unknown_objective",
        "detail": "no objective has this id",
    }
    found = events_by_id(broker)
    assert found[server_event_id("store", "order-7", 0)].order == "A-1"
    assert found[server_event_id("store", "order-7", 2)].test


def test_another_body_under_the_same_key_is_a_409(http: httpx.Client) -> None:
    item = {"objective": "purchase", "order": "B-1", "visitor": "browser-1"}
    assert convert(http, [item], "order-8").status_code == 202
    assert convert(http, [item | {"order": "B-2"}], "order-8").status_code == 409
    assert convert(http, [item], "order-8").status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_server_call_needs_an_idempotency_key(http: httpx.Client, key: str) -> None:
    headers = JSON | {"authorization": f"Bearer {CONVERT_SECRET}", "idempotency-key": key}
    answer = http.post("/v1/conversions", content="[]", headers=headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["reason"]


@pytest.mark.parametrize("secret", ["nonsense", IMPORT_SECRET])
def test_a_key_that_may_not_convert_is_a_401(http: httpx.Client, secret: str) -> None:
    assert convert(http, [{"objective": "purchase"}], secret=secret).status_code == 401


def test_a_server_call_without_a_key_is_a_401(http: httpx.Client) -> None:
    assert http.post("/v1/conversions", content="[]", headers=JSON).status_code == 401


# Links.


def test_a_link_records_a_click_and_leads_on_with_its_token(
    http: httpx.Client, broker: str, installation_keys: Keys
) -> None:
    answer = http.get("/l/anna0001?s1=mail&gclid=x", headers={"referer": "https://blog.example/p"})
    assert answer.status_code == 302
    address = httpx.URL(answer.headers["location"])
    assert str(address.copy_with(query=None)) == "https://store.example/spring#top"
    assert list(address.params) == ["lang", "s1", "gclid", "cf"]
    token = open_token(address.params["cf"], installation_keys.tokens)
    assert token is not None
    (click,) = [event for event in events_by_id(broker).values() if event.token == token]
    assert (click.type, click.site, click.received_at) == ("click", "store", token.clicked_at)
    assert (click.query, click.referrer_host) == ((("s1", "mail"),), "blog.example")


def test_two_clicks_have_two_tokens(http: httpx.Client) -> None:
    assert len({http.get("/l/anna0001").headers["location"] for _ in range(2)}) == 2


def test_bots_previews_and_prefetches_are_led_on_and_flagged(
    http: httpx.Client, installation_keys: Keys
) -> None:
    answers = {
        "bot": http.get("/l/anna0001", headers={"user-agent": GOOGLEBOT}),
        "preview": http.head("/l/anna0001"),
        "prefetch": http.get("/l/anna0001", headers={"purpose": "prefetch"}),
    }
    for flag, answer in answers.items():
        click = httpx.URL(answer.headers["location"]).params["cf"]
        token = open_token(click, installation_keys.tokens)
        assert token is not None
        assert token.flags == (flag,)


@pytest.mark.parametrize("code", ["ben00001", "cleo0001"])
def test_a_partner_without_an_active_agreement_is_led_on_untracked(
    http: httpx.Client, broker: str, code: str
) -> None:
    answer = http.get(f"/l/{code}?s1=a")
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://store.example/?s1=a"
    assert not [e for e in events_by_id(broker).values() if e.path == f"/l/{code}"]


@pytest.mark.parametrize("code", ["nobody00", "", "anna0001/", "../t.js", "%00", "anna0001%2F"])
def test_an_unknown_link_is_our_own_404_page(http: httpx.Client, code: str) -> None:
    answer = http.get(f"/l/{code}")
    if answer.request.url.path.startswith("/l/"):
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")


def test_a_deep_link_leads_to_a_page_of_the_same_site(http: httpx.Client) -> None:
    location = http.get("/l/anna0001?to=/bikes?size=m").headers["location"]
    assert location.startswith("https://store.example/bikes?size=m&cf=")
    location = http.get("/l/anna0001?to=//evil.example").headers["location"]
    assert location.startswith("https://store.example/spring?")


def test_a_link_works_soon_after_it_was_announced(http: httpx.Client, broker: str) -> None:
    added: list[CatalogRecord] = [
        Account(id="dora", name="Dora", zone="UTC", currency="EUR"),
        Site(
            id="doras",
            advertiser_id="dora",
            key="ck_doras",
            hosts=("dora.example",),
            landing_url="https://dora.example/",
        ),
        Link(id="dora0001", partner_id="anna", site_id="doras", landing_url="https://dora.example"),
    ]
    assert http.get("/l/dora0001").status_code == 404
    publish(broker, added)
    wait_for(lambda: http.get("/l/dora0001").status_code == 302)


# The tag, health and the rest.


def test_the_tag_is_served_moving_and_for_ever(http: httpx.Client) -> None:
    moving = http.get("/t.js")
    assert "counterfoil" in moving.text
    assert moving.headers["content-encoding"] == "gzip"
    name = moving.headers["etag"].strip('"')
    fixed = http.get(f"/t.{name}.js")
    assert fixed.content == moving.content
    assert "immutable" in fixed.headers["cache-control"]
    again = http.get("/t.js", headers={"if-none-match": moving.headers["etag"]})
    assert again.status_code == 304
    assert http.get("/t.0000000000000000.js").status_code == 404


def test_health_and_metrics_are_told(http: httpx.Client) -> None:
    assert http.get("/health/live").json() == {"live": True}
    assert http.get("/health/ready").json() == {"ready": True, "reasons": []}
    post(http, page(site="ck_none"))
    metrics = http.get("/metrics").text
    assert 'counterfoil_items_refused_total{reason="unknown_site"}' in metrics


def test_other_paths_and_methods_say_so(http: httpx.Client) -> None:
    assert http.get("/v1/nothing").status_code == 404
    wrong = http.get("/v1/events")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "OPTIONS, POST")


def test_the_collector_is_registered_outside_the_numbering(
    collector: RunningCollector, broker: str
) -> None:
    registered = [one for one in read_catalog(broker) if isinstance(one, Collector)]
    own = (collector.folder / "state" / "collector" / "id").read_text()
    assert own in {one.id for one in registered}
