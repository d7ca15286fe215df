"""A view answers from the records up to its pin, and from nothing that came later."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.catalog import (
    Account,
    Agreement,
    Campaign,
    Catalog,
    CatalogRecord,
    Collector,
    Exclusion,
    Objective,
    ReferrerHost,
    Site,
    Standing,
    Status,
    Terms,
    decode,
    encode,
    key_of,
)


def site(sequence: int = 1, version: int = 1, hosts: tuple[str, ...] = ("shop.example",)) -> Site:
    return Site(
        id="shop",
        version=version,
        sequence=sequence,
        advertiser_id="bikes",
        key="ck_shop",
        hosts=hosts,
        landing_url="https://shop.example/",
    )


def standing(sequence: int, version: int, status: Status, effective_from_ms: int) -> Standing:
    return Standing(
        id="deal",
        version=version,
        sequence=sequence,
        status=status,
        effective_from_ms=effective_from_ms,
    )


def exclusion(network: str = "k:1", from_ms: int = 100, until_ms: int = 200) -> Exclusion:
    return Exclusion(
        id=f"{network}-{from_ms}",
        account_id="letters",
        network=network,
        from_ms=from_ms,
        until_ms=until_ms,
    )


def referrer(host: str, partner: str) -> ReferrerHost:
    return ReferrerHost(id=host, partner_id=partner, site_id="shop", host=host)


def test_a_pin_hides_what_was_published_after_it() -> None:
    catalog = Catalog([site(1), site(4, 2, ("shop.example", "www.shop.example"))])
    found = [catalog.at(pin).get(Site, "shop") for pin in (0, 1, 3, 4, 9)]
    assert [each.version if each else None for each in found] == [None, 1, 1, 2, 2]
    assert catalog.sequence == 4


def test_a_view_asked_for_before_a_record_came_is_not_kept() -> None:
    catalog = Catalog([site(1)])
    assert catalog.at(4).get(Site, "shop") == site(1)
    catalog.add(site(4, 2))
    assert catalog.at(4).get(Site, "shop") == site(4, 2)
    assert catalog.at(3).get(Site, "shop") == site(1)


@given(st.randoms(use_true_random=False), st.integers(0, 30))
def test_order_and_repeats_of_reading_do_not_matter(shuffle: random.Random, pin: int) -> None:
    records: list[CatalogRecord] = [site(n, n) for n in range(1, 20)]
    read = records * 2
    shuffle.shuffle(read)
    catalog = Catalog()
    for record in read:
        catalog.add(record)
        catalog.at(pin)
    assert catalog.at(pin).get(Site, "shop") == Catalog(records).at(pin).get(Site, "shop")
    assert catalog.records() == records


def test_collectors_stand_outside_the_numbering() -> None:
    first = Collector(id="a", registered_at_ms=1)
    retired = Collector(id="a", registered_at_ms=1, retired_at_ms=5)
    catalog = Catalog([first, retired])
    assert catalog.collectors == {"a": retired}
    assert catalog.sequence == 0
    assert key_of(first) == key_of(retired)


def test_the_version_in_force_is_the_highest_that_has_begun() -> None:
    view = Catalog(
        [
            standing(1, 1, "active", 100),
            standing(2, 2, "paused", 200),
            standing(3, 3, "active", 300),
        ]
    ).at(3)
    states = [view.in_force(Standing, "deal", at) for at in (99, 100, 199, 200, 300)]
    assert [state.status if state else None for state in states] == [
        *(None, "active", "active", "paused", "active")
    ]
    assert [view.active("deal", at) for at in (99, 100, 200, 300)] == [False, True, False, True]


def test_a_higher_version_holds_although_a_lower_one_begins_later() -> None:
    view = Catalog([standing(1, 1, "active", 300), standing(2, 2, "paused", 200)]).at(2)
    state = view.in_force(Standing, "deal", 400)
    assert state is not None
    assert state.status == "paused"


@pytest.mark.parametrize(("at_ms", "own"), [(99, False), (100, True), (199, True), (200, False)])
def test_an_exclusion_is_half_open(at_ms: int, own: bool) -> None:  # noqa: FBT001
    view = Catalog([exclusion()]).at(0)
    assert view.excluded("letters", ["k:0", "k:1"], at_ms) == own


def test_an_exclusion_is_of_one_account_and_one_network() -> None:
    view = Catalog([exclusion()]).at(0)
    assert not view.excluded("bikes", ["k:1"], 150)
    assert not view.excluded("letters", ["k:2"], 150)
    assert not view.excluded("letters", [], 150)


def test_learned_ranges_of_one_network_add_up() -> None:
    view = Catalog([exclusion(from_ms=100, until_ms=200), exclusion(from_ms=150, until_ms=250)])
    assert [view.at(0).excluded("letters", ["k:1"], at) for at in (99, 120, 220, 250)] == [
        *(False, True, True, False)
    ]


@pytest.mark.parametrize(
    ("host", "partner"),
    [
        ("bikes.example", "forum"),
        ("www.bikes.example", "forum"),
        ("news.bikes.example", "news"),
        ("a.news.bikes.example", "news"),
        ("otherbikes.example", None),
        ("example", None),
        ("", None),
    ],
)
def test_a_referrer_is_the_nearest_declared_domain(host: str, partner: str | None) -> None:
    catalog = Catalog([referrer("bikes.example", "forum"), referrer("news.bikes.example", "news")])
    found = catalog.at(0).referrer("shop", host)
    assert (found.partner_id if found else None) == partner
    assert catalog.at(0).referrer("elsewhere", host) is None


def test_a_campaign_is_a_parameter_and_its_value_on_one_site() -> None:
    campaign = Campaign(
        id="c", partner_id="miles", site_id="shop", parameter="utm_source", value="miles"
    )
    view = Catalog([campaign]).at(0)
    assert view.campaign("shop", "utm_source", "miles") == campaign
    assert view.campaign("shop", "utm_source", "Miles") is None
    assert view.campaign("shop", "utm_medium", "miles") is None
    assert view.campaign("other", "utm_source", "miles") is None
    assert view.campaign_parameters("shop") == {"utm_source"}
    assert view.campaign_parameters("other") == frozenset()


def test_objectives_and_agreements_come_in_the_order_of_ids() -> None:
    catalog = Catalog()
    for name in ("b", "a", "c"):
        catalog.add(
            Objective(
                id=name,
                site_id="shop",
                name=name,
                type="lead",
                count="visitor",
                event=name,
                effective_from_ms=5 if name == "c" else 0,
            )
        )
        catalog.add(
            Agreement(
                id=name,
                advertiser_id="bikes",
                partner_id="letters",
                site_id="shop",
                objective_id="a",
            )
        )
    view = catalog.at(0)
    assert [objective.id for objective in view.objectives("shop", 4)] == ["a", "b"]
    assert [objective.id for objective in view.objectives("shop", 5)] == ["a", "b", "c"]
    assert [agreement.id for agreement in view.agreements("letters", "a")] == ["a", "b", "c"]
    assert view.agreements("letters", "b") == []
    assert view.site_with_key("ck_shop") is None


RECORDS: list[CatalogRecord | Collector] = [
    Account(id="bikes", sequence=3, name="Bikes", zone="Europe/Berlin", currency="EUR"),
    site(),
    standing(2, 1, "active", 0),
    Terms(
        id="deal",
        effective_from_ms=5,
        price_minor=1200,
        currency="EUR",
        fee_rate_bps=1250,
        payer_share_bps=5000,
    ),
    exclusion(),
    Collector(id="a", registered_at_ms=1),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_read_as_it_was_written(record: CatalogRecord | Collector) -> None:
    assert decode(encode(record)) == record


def test_compaction_keeps_every_version_of_every_object() -> None:
    keys = {key_of(record) for record in (*RECORDS, site(version=2), standing(9, 2, "ended", 0))}
    assert len(keys) == len(RECORDS) + 2
