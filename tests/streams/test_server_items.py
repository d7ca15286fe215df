"""rules.md §5: a server item follows its visitor's touches, or its token when there are none."""

from typing import Any

import pytest

from ingest.events import Event
from tests.streams.builders import (
    ADVERTISER,
    DAY,
    HOUR,
    LINK,
    NOON,
    OTHER,
    OTHER_LINK,
    PARTNER,
    Story,
    agreement,
    event,
    excluded,
    landing,
    objective,
    token,
    told,
    view,
)

NETWORK = "n1:00112233445566778899aabbccddeeff"
BY_SERVER = objective(page=None, server=True, count="order")
BOTH = view(BY_SERVER, agreement("a1"), agreement("a2", partner=OTHER))


def item(at_ms: int = NOON + HOUR, **changes: Any) -> Event:
    made: dict[str, Any] = {"objective": "sale", "order": "o1", "host": "", "path": "", **changes}
    return event("conversion", at_ms, **made)


def credits_of(story: Story) -> list[tuple[str, str]]:
    return [(candidate.agreement_id, candidate.refusal) for candidate in story.candidates]


def test_item_follows_its_visitors_touches() -> None:
    story = told(landing(), item(token=token(link=OTHER_LINK)), by=BOTH)
    assert credits_of(story) == [("a1", "")]
    assert story.candidates[0].session_id == ""


def test_item_of_a_visitor_without_touches_follows_its_token() -> None:
    assert credits_of(told(item(token=token(link=OTHER_LINK)), by=BOTH)) == [("a2", "")]


def test_item_follows_its_token_if_every_touch_came_later() -> None:
    late = item(NOON - 1, token=token(NOON - HOUR, link=OTHER_LINK), received_at=NOON + 1)
    assert credits_of(told(landing(NOON), late, by=BOTH)) == [("a2", "")]


def test_item_without_touch_and_token_is_no_candidate() -> None:
    assert told(item(), by=BOTH).candidates == []


def test_token_alone_credits_its_partner_at_its_time() -> None:
    (candidate,) = told(item(token=token(NOON - DAY)), by=BOTH).candidates
    assert (candidate.partner_id, candidate.touch_at) == (PARTNER, NOON - DAY)
    assert (candidate.touch_form, candidate.touch_path) == ("token", "")


def test_window_of_a_token_alone_counts_from_its_time() -> None:
    catalog = view(BY_SERVER, agreement("a1", window_days=7))
    inside = item(NOON, token=token(NOON - 7 * DAY))
    outside = item(NOON, token=token(NOON - 7 * DAY - 1))
    assert told(inside, by=catalog).refusals == [""]
    assert told(outside, by=catalog).refusals == ["outside_window"]


def test_token_after_the_item_is_none_of_its() -> None:
    assert told(item(NOON, token=token(NOON + 1)), by=BOTH).candidates == []


def test_token_of_an_unknown_link_is_no_candidate() -> None:
    assert told(item(token=token(link="unknown1")), by=BOTH).candidates == []


@pytest.mark.parametrize(
    ("flag", "refusal"),
    [
        ("test", "test"),
        ("bot", "bot"),
        ("preview", "preview"),
        ("prefetch", ""),
        ("own", "advertiser_own"),
        ("partner_cookie", "self_click"),
        ("partner_network", "self_click"),
    ],
)
def test_token_alone_is_judged_by_its_flags(flag: str, refusal: str) -> None:
    flagged = token(flags=(flag,))
    assert told(item(token=flagged), by=BOTH).refusals == [refusal]


@pytest.mark.parametrize(
    "caller",
    [
        {"verdict": "bot"},
        {"verdict": "preview"},
        {"verdict": "prefetch"},
        {"networks": (NETWORK,)},
        {"partner_cookie": (PARTNER, ADVERTISER)},
    ],
)
def test_callers_network_and_agent_are_never_judged(caller: dict[str, Any]) -> None:
    catalog = view(BY_SERVER, agreement("a1"), excluded(PARTNER, NETWORK))
    assert told(landing(), item(**caller), by=catalog).refusals == [""]
    assert told(item(token=token(), **caller), by=catalog).refusals == [""]


def test_touchs_network_is_judged_for_an_item_too() -> None:
    catalog = view(BY_SERVER, agreement("a1"), excluded(PARTNER, NETWORK))
    story = told(landing(networks=(NETWORK,)), item(), by=catalog)
    assert story.refusals == ["self_click"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"test": True}, "test"), ({"too_old": True}, "too_old"), ({"order": ""}, "no_order")],
)
def test_item_is_refused_by_what_it_says(changes: dict[str, Any], refusal: str) -> None:
    assert told(landing(), item(**changes), by=BOTH).refusals == [refusal]


def test_token_of_an_item_makes_no_touch_row_and_uses_no_nonce() -> None:
    shared = token()
    story = told(item(token=shared), event(at_ms=NOON + HOUR, token=shared), by=BOTH)
    assert len(story.touches) == 1


def test_same_order_by_two_roads_has_one_once_key_and_two_rows() -> None:
    both = objective(page=None, event="purchase", server=True, count="order")
    catalog = view(both, agreement("a1"), agreement("a2", partner=OTHER))
    purchase = event("event", NOON + HOUR, name="purchase", order="o1")
    by_tag, by_server = told(landing(), purchase, item(), by=catalog).candidates
    assert by_tag.once_key == by_server.once_key
    assert by_tag.conversion_id != by_server.conversion_id


def test_link_code_is_no_token() -> None:
    assert told(item(code=LINK), by=BOTH).candidates == []
