"""rules.md §5: what reaches an objective, and what makes its results unique."""

from typing import Any

import pytest

from ingest.events import Event
from partnerships.catalog import Count, Objective
from tests.streams.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    Story,
    agreement,
    at,
    event,
    hexadecimal,
    landing,
    objective,
    thanks,
    told,
    view,
)

BY_EVENT: dict[str, Any] = {"page": None, "event": "purchase", "count": "order"}
BY_SERVER: dict[str, Any] = {"page": None, "server": True, "count": "order"}


def story(made: Objective, *events: Event) -> Story:
    return told(landing(), *events, by=view(made, agreement("a1", made.id)))


def purchase(at_ms: int = NOON + HOUR, order: str = "o1", **changes: Any) -> Event:
    return event("event", at_ms, **{"name": "purchase", "order": order, **changes})


def item(at_ms: int = NOON + HOUR, order: str = "o1", **changes: Any) -> Event:
    made: dict[str, Any] = {"objective": "sale", "order": order, "host": "", **changes}
    return event("conversion", at_ms, **made)


def once_keys(count: Count, *events: Event) -> list[str]:
    return [one.once_key for one in story(objective(count=count), *events).candidates]


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/thanks", "/thanks", True),
        ("/thanks", "/thanks/1", False),
        ("/thanks*", "/thanks/1", True),
        ("/order/:id/done", "/order/7/done", True),
    ],
)
def test_page_is_matched_by_its_path(pattern: str, path: str, matches: bool) -> None:  # noqa: FBT001
    found = story(objective(page=pattern), event(at_ms=NOON + HOUR, path=path))
    assert len(found.candidates) == matches


def test_page_is_matched_by_named_parameters() -> None:
    made = objective(page="/done?state=paid")
    paid = event(at_ms=NOON + HOUR, path="/done", query=(("x", "1"), ("state", "paid")))
    assert len(story(made, paid).candidates) == 1
    assert story(made, event(at_ms=NOON + HOUR, path="/done")).candidates == []


def test_event_is_matched_by_its_name() -> None:
    assert len(story(objective(**BY_EVENT), purchase()).candidates) == 1
    assert story(objective(**BY_EVENT), purchase(name="signup")).candidates == []
    assert story(objective(**BY_EVENT), thanks(name="purchase")).candidates == []


def test_tag_event_on_a_matching_page_is_no_page() -> None:
    assert story(objective(), event("event", NOON + HOUR, path="/thanks")).candidates == []


def test_server_item_is_matched_by_its_objective() -> None:
    assert len(story(objective(**BY_SERVER), item()).candidates) == 1
    assert story(objective(**BY_SERVER), item(objective="other")).candidates == []
    assert story(objective(**BY_EVENT), item()).candidates == []


def test_click_objective_is_matched_by_no_page() -> None:
    made = objective("sale", type="click", count="day")
    assert len(story(made, thanks()).candidates) == 1  # the landing's


def test_order_is_the_events_or_the_patterns() -> None:
    made = objective(page="/thanks/:order", count="order")
    assert story(made, thanks(path="/thanks/A7")).candidates[0].order == "A7"
    assert story(made, thanks(path="/thanks/A7", order="B8")).candidates[0].order == "B8"


def test_event_without_an_order_is_no_order() -> None:
    assert story(objective(**BY_EVENT), purchase(order="")).refusals == ["no_order"]
    assert story(objective(count="order"), thanks()).refusals == ["no_order"]
    assert story(objective(**BY_SERVER), item(order="")).refusals == ["no_order"]


def test_order_is_paid_once_whoever_the_visitor() -> None:
    made = objective(**BY_EVENT)
    bob = hexadecimal("bob")
    catalog = view(made, agreement("a1"))
    ann_buys = told(landing(), purchase(), by=catalog).candidates[0]
    bob_buys = told(landing(visitor=bob), purchase(visitor=bob), by=catalog).candidates[0]
    another = told(landing(), purchase(order="o2"), by=catalog).candidates[0]
    assert ann_buys.once_key == bob_buys.once_key != another.once_key


def test_objective_with_server_items_counts_its_tag_events_by_order_too() -> None:
    made = objective(page=None, event="purchase", server=True, count="session")
    by_tag, by_server = story(made, purchase(), item()).candidates
    assert by_tag.once_key == by_server.once_key
    assert (by_tag.count, by_server.count) == ("order", "order")
    assert by_tag.conversion_id != by_server.conversion_id


def test_visitor_is_paid_once() -> None:
    first, second = once_keys("visitor", thanks(), thanks(NOON + 9 * DAY))
    assert first == second


def test_session_is_paid_once() -> None:
    first, second, other = once_keys(
        "session", thanks(NOON + HOUR), thanks(NOON + HOUR + MINUTE), thanks(NOON + 2 * HOUR)
    )
    assert first == second != other


def test_visitor_and_day_are_paid_once_and_the_day_is_the_advertisers() -> None:
    midnight = at("2026-05-05 00:00")
    first, second, other = once_keys(
        "day", thanks(midnight - HOUR), thanks(midnight - 1), thanks(midnight)
    )
    assert first == second != other


def test_objectives_count_apart() -> None:
    catalog = view(
        objective("one", count="visitor"),
        objective("two", count="visitor"),
        agreement("a1", "one"),
        agreement("a2", "two"),
    )
    one, two = told(landing(), thanks(), by=catalog).candidates
    assert one.once_key != two.once_key
    assert one.conversion_id != two.conversion_id


def test_partners_do_not_count_apart_except_for_clicks() -> None:
    made = objective(count="visitor")
    before = told(landing(), thanks(), by=view(made, agreement("a1"))).candidates[0]
    other = told(landing(), thanks(), by=view(made, agreement("a2"))).candidates[0]
    assert before.once_key == other.once_key
