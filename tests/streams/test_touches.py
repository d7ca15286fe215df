"""rules.md §4: the four forms, whom a touch credits, and which touches are refused."""

from typing import Any

import pytest

from ingest.events import Event
from partnerships.catalog import Campaign, Site
from tests.streams.builders import (
    ADVERTISER,
    DAY,
    HOST,
    HOUR,
    LINK,
    MINUTE,
    NOON,
    OTHER,
    OTHER_LINK,
    PARTNER,
    SITE,
    agreement,
    at,
    click_objective,
    event,
    excluded,
    hexadecimal,
    landing,
    objective,
    token,
    told,
    view,
)

NETWORK = "n1:00112233445566778899aabbccddeeff"


def by_campaign(at_ms: int = NOON, **changes: Any) -> Event:
    return event(at_ms=at_ms, **{"query": (("utm_source", "letters"),), **changes})


def by_referrer(at_ms: int = NOON, **changes: Any) -> Event:
    return event(at_ms=at_ms, **{"referrer_host": "forum.example", **changes})


def partners(*events: Event) -> list[str]:
    return [touch.partner_id for touch in told(*events).touches]


@pytest.mark.parametrize(
    ("arrival", "form", "partner"),
    [
        (event(token=token()), "token", PARTNER),
        (event(code=OTHER_LINK), "code", OTHER),
        (by_campaign(), "campaign", PARTNER),
        (by_referrer(), "referrer", OTHER),
        (by_referrer(referrer_host="www.forum.example"), "referrer", OTHER),
    ],
)
def test_each_form_credits_its_partner(arrival: Event, form: str, partner: str) -> None:
    (touch,) = told(arrival).touches
    assert (touch.form, touch.partner_id, touch.refusal) == (form, partner, "")


def test_forms_are_tried_in_order() -> None:
    everything: dict[str, Any] = {
        "query": (("utm_source", "letters"),),
        "referrer_host": "forum.example",
    }
    forms = [
        told(event(**everything, token=token(), code=OTHER_LINK)).touches[0].form,
        told(event(**everything, code=OTHER_LINK)).touches[0].form,
        told(event(**everything)).touches[0].form,
    ]
    assert forms == ["token", "code", "campaign"]


@pytest.mark.parametrize(
    "spent",
    [
        {"token": token(link="unknown1")},
        {"token": token(NOON - DAY - 1)},
        {"token": token(flags=("bot",))},
        {"token": token(flags=("preview",))},
        {"code": "unknown1"},
    ],
)
def test_form_that_gives_no_touch_lets_no_other_be_tried(spent: dict[str, Any]) -> None:
    assert partners(by_referrer(**spent)) == []


def test_used_token_lets_no_other_form_be_tried() -> None:
    used = token()
    assert partners(event(token=used), by_referrer(NOON + HOUR, token=used)) == [PARTNER]


def test_token_counts_24_hours_inclusive() -> None:
    assert len(partners(event(token=token(NOON - DAY)))) == 1
    assert partners(event(token=token(NOON - DAY - 1))) == []


def test_token_makes_one_touch_per_visitor() -> None:
    shared = token()
    assert partners(event(token=shared), event(at_ms=NOON + 2 * HOUR, token=shared)) == [PARTNER]
    assert partners(event(token=shared, visitor=hexadecimal("bob"))) == [PARTNER]


def test_link_of_another_site_gives_no_touch() -> None:
    elsewhere = Site(
        id="elsewhere",
        advertiser_id=ADVERTISER,
        key="ck_elsewhere",
        hosts=("elsewhere.example",),
        landing_url="https://elsewhere.example/",
        verified_from_ms=0,
    )
    arrival = event(site="elsewhere", host="elsewhere.example", token=token())
    assert told(arrival, by=view(elsewhere)).touches == []


def test_declared_parameter_with_an_undeclared_value_is_no_form() -> None:
    arrival = by_referrer(query=(("utm_source", "newsletter"),))
    assert partners(arrival) == [OTHER]


def test_of_two_declared_campaigns_the_first_in_the_query_counts() -> None:
    other = Campaign(id="m", partner_id=OTHER, site_id=SITE, parameter="utm_medium", value="post")
    catalog = view(other)
    pairs = (("utm_source", "letters"), ("utm_medium", "post"))
    assert told(event(query=pairs), by=catalog).touches[0].partner_id == PARTNER
    assert told(event(query=pairs[::-1]), by=catalog).touches[0].partner_id == OTHER


def test_campaign_counts_from_its_start() -> None:
    later = Campaign(
        id="m",
        partner_id=OTHER,
        site_id=SITE,
        parameter="ref",
        value="x",
        effective_from_ms=NOON,
    )
    query = (("ref", "x"),)
    assert told(event(at_ms=NOON - 1, query=query), by=view(later)).touches == []
    assert len(told(event(at_ms=NOON, query=query), by=view(later)).touches) == 1


def test_token_code_and_campaign_count_under_an_internal_referrer() -> None:
    assert partners(event(token=token(), referrer_host=HOST)) == [PARTNER]
    assert partners(event(code=LINK, referrer_host=HOST)) == [PARTNER]
    assert partners(by_campaign(referrer_host=HOST)) == [PARTNER]


def test_referrer_form_needs_an_external_referrer() -> None:
    assert partners(by_referrer(referrer_host=HOST), by_referrer(referrer_host="")) == []


def test_host_that_only_ends_alike_is_no_subdomain() -> None:
    assert partners(by_referrer(referrer_host="notforum.example")) == []


def test_form_without_a_nonce_makes_one_touch_per_partner_and_session() -> None:
    same_session = [by_campaign(NOON), by_campaign(NOON + 29 * MINUTE), event(code=LINK)]
    assert partners(*same_session) == [PARTNER]
    assert partners(by_campaign(NOON), by_campaign(NOON + 30 * MINUTE)) == [PARTNER, PARTNER]
    assert partners(by_campaign(NOON), by_referrer(NOON + MINUTE)) == [PARTNER, OTHER]


def test_tokens_of_one_session_each_make_a_touch() -> None:
    assert partners(landing(), landing(NOON + MINUTE)) == [PARTNER, PARTNER]
    assert partners(landing(), by_campaign(NOON + MINUTE)) == [PARTNER, PARTNER]


@pytest.mark.parametrize("kind", ["event", "conversion"])
def test_only_pages_make_touches(kind: str) -> None:
    assert partners(event(kind, token=token())) == []


def test_page_on_another_host_makes_no_touch() -> None:
    assert partners(landing(host="evil.example"), landing(host="blog." + HOST)) == []
    assert partners(landing(host="www." + HOST)) == [PARTNER]


def test_page_without_a_host_is_on_the_site() -> None:
    assert partners(landing(host="")) == [PARTNER]


def test_page_before_the_site_was_verified_makes_no_touch() -> None:
    def site(verified_from_ms: int | None) -> Site:
        return Site(
            id=SITE,
            version=2,
            advertiser_id=ADVERTISER,
            key="ck_shop",
            hosts=(HOST,),
            landing_url=f"https://{HOST}/",
            verified_from_ms=verified_from_ms,
        )

    assert len(told(landing(), by=view(site(NOON))).touches) == 1
    assert told(landing(), by=view(site(NOON + 1))).touches == []
    assert told(landing(), by=view(site(None))).touches == []


def test_prefetched_page_makes_no_touch_and_uses_no_nonce() -> None:
    shared = token()
    story = told(event(token=shared, verdict="prefetch"), event(token=shared))
    assert [touch.refusal for touch in story.touches] == [""]


def test_token_of_a_prefetched_click_makes_a_touch() -> None:
    assert partners(event(token=token(flags=("prefetch",)))) == [PARTNER]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"test": True}, "test"),
        ({"token": token(flags=("test",))}, "test"),
        ({"verdict": "bot"}, "bot"),
        ({"verdict": "preview"}, "preview"),
        ({"consent": "denied"}, "consent_denied"),
        ({"token": token(flags=("own",))}, "advertiser_own"),
        ({"partner_cookie": (ADVERTISER,)}, "advertiser_own"),
        ({"token": token(flags=("partner_cookie",))}, "self_click"),
        ({"token": token(flags=("partner_network",))}, "self_click"),
        ({"partner_cookie": (PARTNER,)}, "self_click"),
        ({"partner_cookie": (OTHER,)}, ""),
        ({"consent": "granted", "gpc": True}, ""),
    ],
)
def test_touch_is_refused_by_what_is_known_of_it(changes: dict[str, Any], refusal: str) -> None:
    assert [touch.refusal for touch in told(landing(**changes)).touches] == [refusal]


@pytest.mark.parametrize(
    ("account", "refusal"), [(PARTNER, "self_click"), (ADVERTISER, "advertiser_own"), (OTHER, "")]
)
def test_network_of_one_side_refuses_a_touch(account: str, refusal: str) -> None:
    catalog = view(excluded(account, NETWORK))
    story = told(landing(networks=("n1:other", NETWORK)), by=catalog)
    assert [touch.refusal for touch in story.touches] == [refusal]


def test_network_is_excluded_in_a_half_open_range_of_event_time() -> None:
    catalog = view(excluded(PARTNER, NETWORK, since=NOON, until=NOON + HOUR))
    refusals = [
        told(landing(moment, networks=(NETWORK,)), by=catalog).touches[0].refusal
        for moment in (NOON - 1, NOON, NOON + HOUR - 1, NOON + HOUR)
    ]
    assert refusals == ["", "self_click", "self_click", ""]


def test_first_reason_names_a_refused_touch() -> None:
    everything: dict[str, Any] = {"verdict": "bot", "consent": "denied", "test": True}
    reasons = []
    for name in ("test", "verdict", "consent"):
        reasons.append(told(landing(**everything)).touches[0].refusal)
        del everything[name]
    assert reasons == ["test", "bot", "consent_denied"]


def test_refused_touch_uses_up_neither_session_nor_nonce() -> None:
    shared = token()
    refused, good = event(token=shared, test=True), event(token=shared)
    assert [touch.refusal for touch in told(refused, good).touches] == ["test", ""]
    story = told(by_campaign(test=True), by_campaign(NOON + MINUTE))
    assert [touch.refusal for touch in story.touches] == ["test", ""]


@pytest.mark.parametrize("verdict", ["bot", "preview"])
def test_click_by_a_robot_is_a_refused_touch_at_once(verdict: str) -> None:
    flagged = token(flags=(verdict,))
    click = event("click", verdict=verdict, token=flagged, path=f"/l/{LINK}", host="")
    (touch,) = told(click, event(token=flagged, visitor=hexadecimal("bob"))).touches
    assert (touch.refusal, touch.partner_id, touch.session_id) == (verdict, PARTNER, "")
    assert (touch.form, touch.nonce) == ("token", "nonce1")


@pytest.mark.parametrize("verdict", ["browser", "prefetch"])
def test_click_by_a_browser_or_prefetch_is_no_touch(verdict: str) -> None:
    assert told(event("click", verdict=verdict, token=token())).touches == []


def test_event_that_is_too_old_makes_no_touch() -> None:
    assert partners(landing(too_old=True)) == []


def test_touch_carries_its_sub_ids_and_day() -> None:
    midnight = at("2026-06-01 00:00")
    query = (("s1", "a"), ("s5", "e"), ("s1", "again"))
    (touch,) = told(landing(midnight - 1, query=query)).touches
    assert (touch.s1, touch.s2, touch.s5) == ("a", "", "e")
    assert (touch.day, touch.month) == ("2026-05-31", "2026-05")


def test_newest_32_touches_are_kept_by_their_times() -> None:
    story = told(*(landing(NOON + number * HOUR) for number in range(40)))
    kept = [touch.at_ms for touch in story.visitor.touches]
    assert kept == [NOON + number * HOUR for number in range(8, 40)]
    story.tell(landing(NOON, received_at=NOON + 40 * HOUR))
    assert [touch.at_ms for touch in story.visitor.touches] == kept


def test_late_touch_stands_at_its_time() -> None:
    story = told(landing(NOON), landing(NOON - HOUR, received_at=NOON))
    assert [touch.at_ms for touch in story.visitor.touches] == [NOON - HOUR, NOON]


def test_touch_is_made_without_any_agreement() -> None:
    assert len(told(landing(), by=view(click_objective())).touches) == 1


def test_touch_serves_every_agreement_of_the_partner() -> None:
    lead = objective("lead", page="/thanks*")
    catalog = view(objective(), lead, agreement("a1"), agreement("a2", "lead"))
    story = told(landing(), event(at_ms=NOON + HOUR, path="/thanks"), by=catalog)
    assert [candidate.agreement_id for candidate in story.candidates] == ["a2", "a1"]
