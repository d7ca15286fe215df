"""rules.md §5: which touch gets a result, and the first reason why it earns nothing."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from ingest.events import Event
from partnerships.catalog import Objective, Standing, Terms, View
from streams.facts import REFUSALS
from tests.streams.builders import (
    ADVERTISER,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER,
    OTHER_LINK,
    PARTNER,
    Story,
    agreement,
    at,
    ended,
    event,
    excluded,
    landing,
    objective,
    thanks,
    token,
    told,
    view,
)

NETWORK = "n1:00112233445566778899aabbccddeeff"
BOTH = view(objective(), agreement("a1"), agreement("a2", partner=OTHER))


def other_landing(at_ms: int, **changes: Any) -> Event:
    return landing(at_ms, **{"token": token(at_ms, str(at_ms), OTHER_LINK), **changes})


def credits_of(story: Story) -> list[tuple[str, str]]:
    return [(candidate.agreement_id, candidate.refusal) for candidate in story.candidates]


def standing(name: str, status: str, since: int, version: int) -> Standing:
    return Standing(
        id=name,
        version=version,
        status=status,  # type: ignore[arg-type]
        effective_from_ms=since,
    )


def test_result_without_a_touch_is_no_candidate() -> None:
    assert told(event(), thanks()).candidates == []


def test_last_eligible_touch_wins() -> None:
    story = told(landing(NOON), other_landing(NOON + MINUTE), thanks(), by=BOTH)
    assert credits_of(story) == [("a2", "")]


def test_first_eligible_touch_wins_if_the_objective_says_so() -> None:
    catalog = view(objective(credit="first"), agreement("a1"), agreement("a2", partner=OTHER))
    story = told(landing(NOON), other_landing(NOON + MINUTE), thanks(), by=catalog)
    assert credits_of(story) == [("a1", "")]


def test_of_touches_at_the_same_time_the_later_in_the_log_is_last() -> None:
    assert credits_of(told(landing(), other_landing(NOON), thanks(), by=BOTH)) == [("a2", "")]
    assert credits_of(told(other_landing(NOON), landing(), thanks(), by=BOTH)) == [("a1", "")]


def test_touch_and_result_may_be_one_page() -> None:
    assert credits_of(told(landing(path="/thanks"), by=BOTH)) == [("a1", "")]


def test_touch_after_the_event_is_none_of_its() -> None:
    late = thanks(NOON - 1, received_at=NOON + HOUR)
    assert credits_of(told(landing(NOON), late, by=BOTH)) == []
    assert credits_of(told(other_landing(NOON - HOUR), landing(NOON), late, by=BOTH)) == [
        ("a2", "")
    ]


def test_touch_that_arrives_later_changes_nothing_already_decided() -> None:
    late = other_landing(NOON + MINUTE, received_at=NOON + 2 * HOUR)
    assert credits_of(told(landing(), thanks(NOON + HOUR), late, by=BOTH)) == [("a1", "")]


def test_refused_touch_is_passed_over() -> None:
    story = told(landing(NOON), other_landing(NOON + 1, test=True), thanks(), by=BOTH)
    assert credits_of(story) == [("a1", "")]


def test_touch_of_a_partner_without_an_agreement_is_passed_over() -> None:
    catalog = view(objective(), agreement("a1"))
    story = told(landing(NOON), other_landing(NOON + MINUTE), thanks(), by=catalog)
    assert credits_of(story) == [("a1", "")]


def test_window_is_inclusive_to_the_millisecond() -> None:
    catalog = view(objective(), agreement("a1", window_days=7))
    inside = told(landing(), thanks(NOON + 7 * DAY), by=catalog)
    outside = told(landing(), thanks(NOON + 7 * DAY + 1), by=catalog)
    assert credits_of(inside) == [("a1", "")]
    assert credits_of(outside) == [("a1", "outside_window")]


def test_window_is_hours_not_calendar_days_across_a_clock_change() -> None:
    catalog = view(objective(), agreement("a1", window_days=1))
    touch = at("2026-03-28 12:00")  # one hour later the clocks have one hour less that night
    assert told(landing(touch), thanks(touch + DAY), by=catalog).refusals == [""]
    assert told(landing(touch), thanks(touch + DAY + 1), by=catalog).refusals == ["outside_window"]


def test_window_is_the_one_in_force_at_the_touch() -> None:
    def terms(version: int, since: int, window_days: int) -> Terms:
        _, _, made, _ = agreement("a1", since=since, window_days=window_days)
        assert isinstance(made, Terms)
        return msgspec.structs.replace(made, version=version)

    shorter = view(objective(), agreement("a1", window_days=30), terms(2, NOON + DAY, 1))
    assert told(landing(), thanks(NOON + 30 * DAY), by=shorter).refusals == [""]
    after = told(landing(NOON + DAY), thanks(NOON + 2 * DAY + 1), by=shorter)
    assert after.refusals == ["outside_window"]


def test_price_and_terms_are_those_at_the_event() -> None:
    _, _, terms, _ = agreement("a1", since=NOON + HOUR, price=2000)
    catalog = view(objective(), agreement("a1"), msgspec.structs.replace(terms, version=2))
    before = told(landing(), thanks(NOON + HOUR - 1), by=catalog).candidates[0]
    after = told(landing(), thanks(NOON + HOUR), by=catalog).candidates[0]
    assert (before.terms_version, before.price_minor) == (1, 1000)
    assert (after.terms_version, after.price_minor) == (2, 2000)


def test_budget_is_the_newest_at_the_pin() -> None:
    *_, budget = agreement("a1", budget=5)
    catalog = view(objective(), agreement("a1"), msgspec.structs.replace(budget, version=2))
    candidate = told(landing(), thanks(), by=catalog).candidates[0]
    assert (candidate.budget_version, candidate.budget_minor) == (2, 5)


def test_objective_is_the_one_in_force_at_the_event() -> None:
    moved = objective(version=2, page="/done", effective_from_ms=NOON + HOUR)
    catalog = view(objective(), moved, agreement("a1"))
    assert len(told(landing(), thanks(NOON + HOUR - 1), by=catalog).candidates) == 1
    assert told(landing(), thanks(NOON + HOUR), by=catalog).candidates == []
    done = event(at_ms=NOON + HOUR, path="/done")
    assert len(told(landing(), done, by=catalog).candidates) == 1


def test_agreement_must_be_active_at_touch_and_event() -> None:
    began = view(objective(), agreement("a1", since=NOON + 1))
    assert told(landing(NOON + 1), thanks(), by=began).refusals == [""]
    assert told(landing(NOON), thanks(), by=began).refusals == ["not_active"]
    over = view(objective(), agreement("a1"), ended("a1", NOON + HOUR))
    assert told(landing(), thanks(NOON + HOUR - 1), by=over).refusals == [""]
    assert told(landing(), thanks(NOON + HOUR), by=over).refusals == ["not_active"]


def test_paused_agreement_pays_again_when_it_is_active_again() -> None:
    catalog = view(
        objective(),
        agreement("a1"),
        standing("a1", "paused", NOON + HOUR, 2),
        standing("a1", "active", NOON + 2 * HOUR, 3),
    )
    events = [landing(), thanks(NOON + HOUR), thanks(NOON + 2 * HOUR)]
    assert told(*events, by=catalog).refusals == ["not_active", ""]


def test_renewal_pays_for_a_touch_under_the_agreement_before() -> None:
    catalog = view(
        objective(),
        agreement("old", price=500),
        ended("old", NOON + HOUR),
        agreement("renewed", since=NOON + HOUR, price=700),
    )
    (candidate,) = told(landing(), thanks(NOON + HOUR), by=catalog).candidates
    assert (candidate.agreement_id, candidate.refusal) == ("renewed", "")
    assert candidate.price_minor == 700


def test_renewal_keeps_the_window_in_force_at_the_touch() -> None:
    catalog = view(
        objective(),
        agreement("old", window_days=1),
        ended("old", NOON + HOUR),
        agreement("renewed", since=NOON + HOUR, window_days=30),
    )
    story = told(landing(), thanks(NOON + DAY), thanks(NOON + DAY + 1), by=catalog)
    assert credits_of(story) == [("renewed", ""), ("renewed", "outside_window")]


def test_without_an_eligible_touch_the_latest_of_a_partner_with_an_agreement_is_refused() -> None:
    catalog = view(
        objective(),
        agreement("a1", window_days=1),
        agreement("a2", partner=OTHER, window_days=2),
    )
    story = told(landing(NOON), other_landing(NOON + 1), thanks(NOON + 5 * DAY), by=catalog)
    assert credits_of(story) == [("a2", "outside_window")]


def test_agreement_to_come_is_none_and_gets_no_candidate() -> None:
    catalog = view(objective(), agreement("a1", since=NOON + 2 * HOUR))
    assert told(landing(), thanks(NOON + HOUR), by=catalog).candidates == []


def test_agreement_that_was_gets_the_refused_candidate() -> None:
    catalog = view(objective(), agreement("a1"), ended("a1", NOON - HOUR))
    assert credits_of(told(landing(), thanks(), by=catalog)) == [("a1", "not_active")]


def test_refused_candidate_stands_on_the_partners_newest_agreement() -> None:
    catalog = view(
        objective(),
        agreement("z-old"),
        ended("z-old", NOON - DAY),
        agreement("a-newer", since=NOON - DAY),
        ended("a-newer", NOON - HOUR),
        agreement("to-come", since=NOON + DAY),
    )
    assert credits_of(told(landing(), thanks(), by=catalog)) == [("a-newer", "not_active")]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"test": True}, "test"),
        ({"too_old": True}, "too_old"),
        ({"host": "elsewhere.example"}, "wrong_host"),
        ({"host": "blog.shop.example"}, "wrong_host"),
        ({"host": ""}, ""),
        ({"verdict": "bot"}, "bot"),
        ({"verdict": "preview"}, "preview"),
        ({"consent": "denied"}, "consent_denied"),
        ({"partner_cookie": (ADVERTISER,)}, "advertiser_own"),
        ({"partner_cookie": (PARTNER,)}, "self_click"),
        ({"partner_cookie": (OTHER,)}, ""),
        ({"gpc": True}, ""),
    ],
)
def test_event_is_refused_by_what_is_known_of_it(changes: dict[str, Any], refusal: str) -> None:
    assert told(landing(), thanks(**changes)).refusals == [refusal]


@pytest.mark.parametrize(
    ("account", "refusal"), [(ADVERTISER, "advertiser_own"), (PARTNER, "self_click"), (OTHER, "")]
)
def test_network_of_one_side_refuses_the_event(account: str, refusal: str) -> None:
    catalog = view(objective(), agreement("a1"), excluded(account, NETWORK))
    assert told(landing(), thanks(networks=(NETWORK,)), by=catalog).refusals == [refusal]


def test_network_of_the_event_is_judged_at_its_time() -> None:
    catalog = view(objective(), agreement("a1"), excluded(PARTNER, NETWORK, since=NOON + HOUR))
    events = [thanks(NOON + HOUR - 1, networks=(NETWORK,)), thanks(networks=(NETWORK,))]
    assert told(landing(), *events, by=catalog).refusals == ["", "self_click"]


def test_winners_networks_are_judged_again_with_the_events_catalog() -> None:
    known_later = view(objective(), agreement("a1"), excluded(PARTNER, NETWORK))
    story = told(landing(networks=(NETWORK,)))
    assert story.touches[0].refusal == ""
    assert replace(story, seen=known_later).tell(thanks()).refusals == ["self_click"]


def test_winners_networks_are_judged_at_the_time_of_the_touch() -> None:
    since = view(objective(), agreement("a1"), excluded(PARTNER, NETWORK, since=NOON + 1))
    story = told(landing(networks=(NETWORK,)))
    assert replace(story, seen=since).tell(thanks()).refusals == [""]


def test_winner_refused_for_the_event_is_not_passed_on() -> None:
    story = told(other_landing(NOON), landing(NOON + 1), thanks(partner_cookie=(PARTNER,)), by=BOTH)
    assert credits_of(story) == [("a1", "self_click")]


def test_refused_touch_gives_its_reason() -> None:
    assert told(landing(consent="denied"), thanks()).refusals == ["consent_denied"]


def test_touchs_token_flag_refuses() -> None:
    flagged = landing(token=token(flags=("partner_network",)))
    assert told(flagged, thanks()).refusals == ["self_click"]


_HOLDING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # refusal: (what the touch needs, what the event needs)
    "test": ({}, {"test": True}),
    "too_old": ({}, {"too_old": True}),
    "wrong_host": ({}, {"host": "elsewhere.example"}),
    "bot": ({"verdict": "bot"}, {}),
    "preview": ({}, {"verdict": "preview"}),
    "consent_denied": ({"consent": "denied"}, {}),
    "advertiser_own": ({}, {"networks": (NETWORK,)}),
    "self_click": ({}, {"partner_cookie": (PARTNER,)}),
    "no_order": ({}, {}),
    "not_active": ({}, {}),
    "outside_window": ({}, {}),
}


@pytest.mark.parametrize("start", range(len(_HOLDING)))
def test_first_reason_that_holds_names_the_refusal(start: int) -> None:
    """From each reason on, all later ones hold too: the first of them is the refusal."""
    holding = list(_HOLDING)[start:]
    touch: dict[str, Any] = {}
    result: dict[str, Any] = {}
    for refusal in holding:
        touch.update(_HOLDING[refusal][0])
        result.update(_HOLDING[refusal][1])
    catalog = view(
        objective(count="order" if "no_order" in holding else "session"),
        agreement("a1", window_days=1),
        [ended("a1", NOON + 2 * DAY)] if "not_active" in holding else [],
        excluded(ADVERTISER, NETWORK),
    )
    story = told(landing(**touch), thanks(NOON + 3 * DAY, **result), by=catalog)
    assert story.refusals == [holding[0]]


def test_precedence_names_every_refusal_of_this_stage() -> None:
    assert list(_HOLDING) == [one for one in REFUSALS if one not in ("duplicate", "over_budget")]


def test_prefetched_page_is_no_result() -> None:
    assert told(landing(), thanks(verdict="prefetch")).candidates == []


def test_every_objective_that_matches_gets_its_candidate() -> None:
    catalog = view(
        objective("one"), objective("two"), agreement("a1", "one"), agreement("a2", "two")
    )
    assert credits_of(told(landing(), thanks(), by=catalog)) == [("a1", ""), ("a2", "")]


def test_candidate_carries_its_evidence() -> None:
    arrived = landing(path="/in", query=(("s2", "sub"),))
    story = told(arrived, thanks(value_minor=999, currency="EUR"))
    (candidate,) = story.candidates
    assert (candidate.touch_at, candidate.touch_path, candidate.touch_form) == (
        NOON,
        "/in",
        "token",
    )
    assert (candidate.event_path, candidate.s2) == ("/thanks", "sub")
    assert (candidate.value_minor, candidate.value_currency) == (999, "EUR")
    assert candidate.touch_source.offset < candidate.source.offset
    assert candidate.session_id == story.rows[-1].session_id
    assert (candidate.pin, candidate.zone) == (99, "Europe/Berlin")


@pytest.mark.parametrize(
    ("local", "day", "month"),
    [
        ("2026-03-31 23:59:59.999", "2026-03-31", "2026-03"),
        ("2026-04-01 00:00", "2026-04-01", "2026-04"),
        ("2026-03-29 01:59:59", "2026-03-29", "2026-03"),
        ("2026-03-29 03:00", "2026-03-29", "2026-03"),
        ("2026-10-25 23:59:59", "2026-10-25", "2026-10"),
        ("2026-10-31 23:59:59", "2026-10-31", "2026-10"),
        ("2026-11-01 00:00", "2026-11-01", "2026-11"),
    ],
)
def test_day_and_month_are_the_advertisers(local: str, day: str, month: str) -> None:
    moment = at(local)
    (candidate,) = told(landing(moment), thanks(moment)).candidates
    assert (candidate.day, candidate.month) == (day, month)


def test_unknown_site_is_an_error() -> None:
    with pytest.raises(Exception, match="not in the catalog"):
        told(event(site="nowhere"))


def test_view_without_terms_pays_nothing() -> None:
    parts = agreement("a1")
    catalog: View = view(objective(), parts[:2])
    assert told(landing(), thanks(), by=catalog).candidates == []


def test_objective_of_another_site_is_not_matched() -> None:
    foreign = Objective(
        id="foreign", site_id="elsewhere", name="x", type="sale", count="session", page="/thanks"
    )
    catalog = view(foreign, agreement("a1", "foreign"))
    assert told(landing(), thanks(), by=catalog).candidates == []
