"""Who a visitor is, and which event this is (rules.md §1)."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ingest.identity import (
    cookieless_key,
    logged_event_id,
    nonce_key,
    server_event_id,
    visitor_key,
)

SECRET = b"v" * 32
DAY = date(2026, 11, 12)


def test_every_id_is_32_hex_digits() -> None:
    made = (
        visitor_key("store", "b", SECRET),
        cookieless_key("store", "192.0.2.1/32", "agent", DAY, SECRET),
        nonce_key("00", SECRET),
        server_event_id("store", "key", 0),
        logged_event_id("ck_store", b"line", 1),
    )
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in made)


@given(st.text(), st.text(), st.text(), st.text())
def test_visitors_differ_by_site_and_by_id(site: str, browser: str, site2: str, two: str) -> None:
    same = visitor_key(site, browser, SECRET) == visitor_key(site2, two, SECRET)
    assert same == ((site, browser) == (site2, two))


def test_a_cookieless_visitor_ends_with_the_day() -> None:
    today = cookieless_key("store", "192.0.2.1/32", "agent", DAY, SECRET)
    tomorrow = cookieless_key("store", "192.0.2.1/32", "agent", date(2026, 11, 13), SECRET)
    assert today != tomorrow


def test_visitor_keys_cannot_be_made_without_the_secret() -> None:
    assert visitor_key("store", "b", SECRET) != visitor_key("store", "b", b"w" * 32)


def test_a_repeated_server_call_repeats_its_ids_and_no_other_call_does() -> None:
    assert server_event_id("store", "k", 1) == server_event_id("store", "k", 1)
    others = {server_event_id(*call) for call in (("store", "k1", 1), ("store", "k", 11))}
    assert server_event_id("store", "k", 1) not in others


def test_equal_lines_of_a_log_are_told_apart_by_their_occurrence() -> None:
    assert logged_event_id("ck", b"line", 1) != logged_event_id("ck", b"line", 2)
    assert logged_event_id("ck", b"line", 1) != logged_event_id("other", b"line", 1)
