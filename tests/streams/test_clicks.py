"""rules.md §4, §5: a touch is itself the result of a click objective."""

import pytest

from partnerships.catalog import Record
from tests.streams.builders import (
    DAY,
    LINK,
    MINUTE,
    NOON,
    OTHER,
    OTHER_LINK,
    agreement,
    at,
    click_objective,
    ended,
    event,
    hexadecimal,
    landing,
    token,
    told,
    view,
)

CLICKS: list[Record] = [
    click_objective(),
    *agreement("a1", "click"),
    *agreement("a2", "click", OTHER),
]
BOTH = view(CLICKS)


def test_touch_itself_is_the_result() -> None:
    (candidate,) = told(landing(), by=BOTH).candidates
    assert (candidate.agreement_id, candidate.refusal, candidate.at_ms) == ("a1", "", NOON)
    assert candidate.touch_at == NOON
    assert (candidate.objective_type, candidate.count) == ("click", "day")


def test_page_without_a_touch_is_no_click() -> None:
    assert told(landing(), event(at_ms=NOON + MINUTE), by=BOTH).refusals == [""]


def test_identity_of_a_click_includes_the_agreement() -> None:
    first = landing()
    other = landing(NOON + 1, token=token(nonce="n9", link=OTHER_LINK))
    again = landing(NOON + 2)
    one, two, three = told(first, other, again, by=BOTH).candidates
    assert one.once_key == three.once_key != two.once_key


def test_click_counts_by_the_advertisers_day() -> None:
    midnight = at("2026-05-05 00:00")
    one, two = told(landing(midnight - 1), landing(midnight), by=BOTH).candidates
    assert (one.day, two.day) == ("2026-05-04", "2026-05-05")
    assert one.once_key != two.once_key


def test_click_takes_its_nonce_whoever_the_visitor() -> None:
    shared = token()
    (ann,) = told(event(token=shared), by=BOTH).candidates
    (bob,) = told(event(token=shared, visitor=hexadecimal("bob")), by=BOTH).candidates
    assert ann.click_key == bob.click_key != ""
    assert ann.once_key != bob.once_key


def test_touch_without_a_nonce_has_no_click_key() -> None:
    (candidate,) = told(event(code=LINK), by=BOTH).candidates
    assert candidate.click_key == ""


def test_two_click_objectives_of_a_partner_take_the_nonce_apart() -> None:
    catalog = view(
        click_objective("one"),
        click_objective("two"),
        agreement("a1", "one"),
        agreement("a2", "two"),
    )
    one, two = told(landing(), by=catalog).candidates
    assert one.click_key != two.click_key


@pytest.mark.parametrize("verdict", ["bot", "preview"])
def test_click_by_a_robot_is_a_refused_candidate_at_once(verdict: str) -> None:
    flagged = token(flags=(verdict,))
    story = told(event("click", verdict=verdict, token=flagged, host=""), by=BOTH)
    assert story.refusals == [verdict]
    assert story.tell(event(at_ms=NOON + 1, token=flagged)).refusals == [verdict]


def test_click_by_a_browser_is_no_candidate() -> None:
    assert told(event("click", token=token()), by=BOTH).candidates == []


def test_refused_touch_is_a_refused_candidate() -> None:
    assert told(landing(test=True), by=BOTH).refusals == ["test"]
    assert told(landing(consent="denied"), by=BOTH).refusals == ["consent_denied"]


def test_agreement_not_active_at_the_touch_is_refused() -> None:
    catalog = view(click_objective(), agreement("a1", "click"), ended("a1", NOON))
    assert told(landing(), by=catalog).refusals == ["not_active"]
    assert told(landing(NOON - 1), by=catalog).refusals == [""]


def test_click_objective_judges_its_own_touch_only() -> None:
    catalog = view(
        click_objective(),
        agreement("a1", "click"),
        ended("a1", NOON + DAY),
        agreement("a2", "click", OTHER),
    )
    later = landing(NOON + DAY)
    story = told(landing(NOON, token=token(nonce="n", link=OTHER_LINK)), later, by=catalog)
    assert [(one.agreement_id, one.refusal) for one in story.candidates] == [
        ("a2", ""),
        ("a1", "not_active"),
    ]


def test_partner_without_a_click_agreement_gets_no_candidate() -> None:
    catalog = view(click_objective(), agreement("a2", "click", OTHER))
    assert told(landing(), by=catalog).candidates == []
