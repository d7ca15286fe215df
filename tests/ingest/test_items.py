"""How bodies are taken apart: JSON that can't be read is refused whole, items one by one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.items import EVENT_BODY, MAX_EVENTS, SERVER_BODY, EventItem, MalformedBody, Refused
from tests.ingest.malformed import MALFORMED_BODIES, MALFORMED_ITEMS

EVENT = {"id": "0" * 32, "site": "ck", "type": "page", "url": "https://a.example/"}


@pytest.mark.parametrize("body", MALFORMED_BODIES)
def test_a_body_that_is_no_json_is_refused_whole(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        EVENT_BODY.read(body)


@pytest.mark.parametrize("body", MALFORMED_BODIES)
def test_a_server_body_that_is_no_json_gives_no_item(body: bytes) -> None:
    try:
        items = SERVER_BODY.read(body)
    except MalformedBody:
        return
    assert all(isinstance(item, Refused) for item in items)


@pytest.mark.parametrize("change", MALFORMED_ITEMS)
def test_a_malformed_item_is_refused_alone(change: dict[str, Any]) -> None:
    body = json.dumps([EVENT, EVENT | change, EVENT]).encode()
    first, second, third = EVENT_BODY.read(body)
    assert isinstance(second, Refused)
    assert second.reason == "malformed"
    assert isinstance(first, EventItem)
    assert first == third


def test_one_object_is_one_item() -> None:
    assert len(EVENT_BODY.read(json.dumps(EVENT).encode())) == 1


@pytest.mark.parametrize("field", ["id", "site", "type", "url"])
def test_what_an_event_must_have(field: str) -> None:
    event = {name: value for name, value in EVENT.items() if name != field}
    (item,) = EVENT_BODY.read(json.dumps(event).encode())
    assert isinstance(item, Refused)


def test_an_array_has_its_limit() -> None:
    EVENT_BODY.read(json.dumps([EVENT] * MAX_EVENTS).encode())
    with pytest.raises(MalformedBody):
        EVENT_BODY.read(json.dumps([EVENT] * (MAX_EVENTS + 1)).encode())


def test_a_server_item_with_an_unknown_field_is_refused() -> None:
    (item,) = SERVER_BODY.read(b'{"objective": "purchase", "ordre": "A-1"}')
    assert isinstance(item, Refused)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        EVENT_BODY.read(body)
    except MalformedBody:
        return


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=10))
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        EVENT_BODY.read(json.dumps([EVENT, value]).encode())
    except MalformedBody:
        return
