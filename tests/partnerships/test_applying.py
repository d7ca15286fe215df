"""Applying a file changes what it says and nothing else; applied again it changes nothing."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from partnerships import DeclarationError, sign_in
from partnerships.accounts import account
from partnerships.catalog import (
    Account,
    Agreement,
    Budget,
    Campaign,
    Exclusion,
    Link,
    Objective,
    ReferrerHost,
    Site,
    Standing,
    Terms,
    View,
)
from partnerships.days import start_ms
from partnerships.networks import range_hash
from partnerships.sealing import open_seal
from partnerships.store.store import Store
from tests.partnerships.files import KEY, NOW_MS, SHOP, applied, changed, outcomes

NEW_YEAR_MS = 1_767_222_000_000  # 1 Jan 2026 in Berlin
LATER_MS = NOW_MS + 3_600_000
PENDING = changed("accepted_on = 2026-01-01\n", "")
NO_CARD = changed('card = "pm_card_visa"\n', "")


def catalog(store: Store) -> View:
    return store.catalog().at(store.sequence())


def start_ms_of(day: str, zone: str = "Europe/Berlin") -> int:
    return start_ms(date.fromisoformat(day), zone)


def refused(store: Store, file: str, now_ms: int = LATER_MS) -> list[str]:
    before = store.sequence()
    with pytest.raises(DeclarationError) as caught:
        applied(store, file, now_ms)
    assert store.sequence() == before
    return [str(problem) for problem in caught.value.problems]


def test_a_file_becomes_the_catalog_it_describes(store: Store) -> None:
    applied(store)
    view = catalog(store)
    deal = view.get(Agreement, "deal")
    assert deal is not None
    assert (deal.advertiser_id, deal.partner_id, deal.objective_id) == ("bikes", "letters", "sale")
    terms = view.in_force(Terms, "deal", NEW_YEAR_MS)
    assert terms is not None
    assert (terms.price_minor, terms.currency, terms.payer_share_bps) == (1200, "EUR", 0)
    assert (terms.fee_rate_bps, terms.hold_days, terms.transfer_minimum_minor) == (1250, 7, 2500)
    assert [view.active("deal", at) for at in (NEW_YEAR_MS - 1, NEW_YEAR_MS)] == [False, True]
    site, objective = view.get(Site, "shop"), view.get(Objective, "sale")
    assert site is not None
    assert objective is not None
    assert (site.verified_from_ms, objective.effective_from_ms) == (NEW_YEAR_MS, 0)
    budget, link = view.get(Budget, "deal"), view.get(Link, "gravel01")
    assert budget is not None
    assert link is not None
    assert (budget.budget_minor, link.landing_url) == (150_000, "https://shop.example/")
    assert view.campaign("shop", "utm_source", "letters") is not None
    assert view.referrer("shop", "www.letters.example") is not None


def test_the_tables_and_the_outbox_say_the_same(store: Store) -> None:
    applied(store)
    applied(store, changed('"12.00"', '"14.00"'), LATER_MS)
    kinds = (Account, Site, Agreement, Link, Campaign, ReferrerHost, Exclusion)
    kept, announced = store.view(), catalog(store)
    for kind in kinds:
        assert [(each.id, each.version) for each in kept.all(kind)] == [
            (each.id, each.version) for each in announced.all(kind)
        ]
    for versioned in (Objective, Standing, Terms):
        assert len(kept.versions(versioned, "deal")) == len(announced.versions(versioned, "deal"))


def test_applied_again_it_changes_nothing(store: Store) -> None:
    first = applied(store)
    assert set(outcomes(first).values()) == {"created"}
    again = applied(store, SHOP, LATER_MS)
    assert outcomes(again) == {}
    assert len(again.changes) == len(first.changes)
    assert (again.sequence, first.sequence) == (store.sequence(), store.sequence())


def test_a_refused_file_changes_nothing(store: Store) -> None:
    problems = refused(store, changed('"12.00"', '"1600.00"'))
    assert [problem.partition(":")[0] for problem in problems] == ["agreements[1] (deal) budget"]
    assert list(store.view().all(Account)) == []


def test_changed_terms_are_a_new_version_for_what_comes_next(store: Store) -> None:
    applied(store)
    file = changed('"12.00"', '"14.00"').replace('= "partner"\nacc', '= "half"\nacc')
    result = applied(store, "[installation]\nfee_rate_bps = 1000\n" + file, LATER_MS)
    assert outcomes(result) == {"installation": "created", "agreements deal": "changed"}
    view = catalog(store)
    old, new = view.versions(Terms, "deal")
    assert (old.price_minor, old.payer_share_bps, old.fee_rate_bps) == (1200, 0, 1250)
    assert (new.price_minor, new.payer_share_bps, new.fee_rate_bps) == (1400, 5000, 1000)
    assert new.effective_from_ms == LATER_MS
    assert view.in_force(Terms, "deal", LATER_MS - 1) == old
    budget = view.get(Budget, "deal")
    assert budget is not None
    assert budget.version == 1


def test_a_changed_budget_is_a_new_version_of_the_budget_alone(store: Store) -> None:
    applied(store)
    assert outcomes(applied(store, changed("1500.00", "12.00")))
    budget = catalog(store).get(Budget, "deal")
    assert budget is not None
    assert (budget.version, budget.budget_minor) == (2, 1200)
    assert len(catalog(store).versions(Terms, "deal")) == 1


def test_the_installations_rate_alone_changes_no_accepted_terms(store: Store) -> None:
    applied(store)
    file = '[installation]\nfee_rate_bps = 2000\ntransfer_minimum = "1.00"\n' + SHOP
    assert outcomes(applied(store, file)) == {"installation": "created"}
    assert outcomes(applied(store, file)) == {}


def test_a_proposal_is_announced_when_it_is_accepted(store: Store) -> None:
    applied(store, PENDING)
    assert list(catalog(store).all(Agreement)) == []
    dearer = PENDING.replace('"12.00"', '"13.00"')
    assert outcomes(applied(store, dearer)) == {"agreements deal": "changed"}
    assert outcomes(applied(store, dearer)) == {}
    accepted = dearer.replace('= "partner"\n', '= "partner"\naccepted_on = 2026-02-01\n')
    assert outcomes(applied(store, accepted)) == {"agreements deal": "changed"}
    view = catalog(store)
    terms, standing = view.get(Terms, "deal"), view.get(Standing, "deal")
    assert terms is not None
    assert standing is not None
    assert (terms.version, terms.price_minor) == (1, 1300)
    assert standing.effective_from_ms == start_ms_of("2026-02-01")
    with store.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM partnerships.proposals")) == 0


def test_an_accepted_agreement_waits_for_a_card(store: Store) -> None:
    applied(store, NO_CARD)
    waiting = catalog(store).get(Standing, "deal")
    assert waiting is not None
    assert (waiting.status, waiting.effective_from_ms) == ("waiting", NEW_YEAR_MS)
    only_account = SHOP[: SHOP.index("[[sites]]")]
    assert outcomes(applied(store, only_account, LATER_MS)) == {
        "accounts bikes": "changed",
        "agreements deal": "changed",
    }
    active = catalog(store).get(Standing, "deal")
    assert active is not None
    assert (active.status, active.version, active.effective_from_ms) == ("active", 2, LATER_MS)


def test_an_end_may_be_declared_with_the_beginning_or_ahead(store: Store) -> None:
    ended = changed("accepted_on", "ended_on = 2026-02-01\naccepted_on")
    applied(store, ended)
    february = start_ms_of("2026-02-01")
    assert [catalog(store).active("deal", at) for at in (february - 1, february)] == [True, False]
    assert outcomes(applied(store, ended, LATER_MS)) == {}
    assert outcomes(applied(store, SHOP, LATER_MS)) == {}
    moved = ended.replace("ended_on = 2026-02-01", "ended_on = 2026-12-01")
    assert refused(store, moved) == [
        "agreements[1] (deal) ended_on: stays as it is: the end is agreed already"
    ]


def test_an_end_is_not_declared_afterwards(store: Store) -> None:
    applied(store)
    ended = changed("accepted_on", "ended_on = 2026-11-12\naccepted_on")
    assert refused(store, ended) == [
        "agreements[1] (deal) ended_on: should be a day that has not begun"
    ]
    ahead = ended.replace("2026-11-12", "2026-11-13")
    assert outcomes(applied(store, ahead, LATER_MS)) == {"agreements deal": "changed"}


def test_what_visitors_and_sums_rest_on_stays(store: Store) -> None:
    applied(store)
    miles = '[[accounts]]\nid = "miles"\nname = "M"\nzone = "UTC"\ncurrency = "EUR"\n'
    file = (
        SHOP.replace('zone = "Europe/Berlin"\ncurrency = "EUR"', 'zone = "UTC"\ncurrency = "USD"')
        .replace('account = "bikes"', 'account = "miles"')
        .replace("verified_from = 2026-01-01", "verified_from = 2026-01-02")
        .replace('type = "sale"\npage = "/thanks?order=*"\ncount = "order"', 'type = "lead"')
        .replace('name = "Sale"\n', 'name = "Sale"\nfrom = 2026-03-01\nevent = "x"\n')
        .replace("accepted_on = 2026-01-01", "accepted_on = 2026-01-02")
        .replace('"gravel01"', '"gravel02"')
        .replace('partner = "letters"\nparam', 'partner = "miles"\nparam')
        .replace('partner = "letters"\nhost', 'from = 2026-02-01\npartner = "letters"\nhost')
    )
    assert refused(store, file + miles) == [
        "accounts[1] (bikes) zone: stays Europe/Berlin: days and sums are counted in it",
        "accounts[1] (bikes) currency: stays EUR: days and sums are counted in it",
        "sites[1] (shop) account: stays 'bikes': a site can't move",
        "sites[1] (shop) verified_from: stays as it is: the site is verified already",
        "objectives[1] (sale) type: stays 'sale': make another objective instead",
        "objectives[1] (sale) count: stays 'order': make another objective instead",
        "objectives[1] (sale) from: stays as it is: the objective counts already",
        "agreements[1] (deal) accepted_on: stays as it is: the agreement is accepted already",
        "links[1] code: stays 'gravel01': it is shared already",
        "campaigns[1] partner: it means 'letters' on this site already",
        "referrers[1] from: stays as it is: visitors are credited already",
    ]


def test_another_file_may_name_what_is_known(store: Store) -> None:
    applied(store)
    second = """
[[accounts]]
id = "miles"
name = "Slow Miles"
zone = "Europe/Berlin"
currency = "EUR"

[[agreements]]
id = "miles-sale"
site = "shop"
partner = "miles"
objective = "sale"
price = "3.75"
budget = "480.00"
fee_paid_by = "half"
accepted_on = 2026-10-01
"""
    result = applied(store, second)
    link = next(change for change in result.changes if change.table == "links")
    assert outcomes(result) == {
        "accounts miles": "created",
        "agreements miles-sale": "created",
        f"links {link.id}": "created",
    }
    made = catalog(store).get(Link, link.id)
    assert made is not None
    assert (made.partner_id, made.landing_url) == ("miles", "https://shop.example/")
    assert outcomes(applied(store, second, LATER_MS)) == {}
    assert outcomes(applied(store, SHOP, LATER_MS)) == {}
    third = second.replace('"miles-sale"', '"miles-again"')
    assert refused(store, third) == [
        "agreements[1] (miles-again) objective: 'miles-sale' is about this objective with this "
        "partner already"
    ]


def test_a_site_keeps_the_key_that_was_made_for_it(store: Store) -> None:
    file = changed('key = "ck_shop"\n', "")
    applied(store, file)
    made = catalog(store).get(Site, "shop")
    assert made is not None
    assert made.key.startswith("ck_")
    assert outcomes(applied(store, file)) == {}
    assert outcomes(applied(store, SHOP)) == {"sites shop": "changed"}


def test_a_changed_objective_holds_from_now_on(store: Store) -> None:
    applied(store)
    file = changed('"/thanks?order=*"', '"/done?order=*"')
    assert outcomes(applied(store, file, LATER_MS)) == {"objectives sale": "changed"}
    old, new = catalog(store).versions(Objective, "sale")
    assert (old.effective_from_ms, new.effective_from_ms) == (0, LATER_MS)
    assert outcomes(applied(store, file, LATER_MS)) == {}


def test_own_networks_are_hashed_for_events_and_sealed_for_people(store: Store) -> None:
    applied(store)
    network = range_hash("203.0.113.7/32", KEY)
    view = catalog(store)
    assert view.excluded("letters", [network], start_ms_of("2026-01-01", "Europe/Lisbon"))
    assert not view.excluded("letters", [network], start_ms_of("2026-01-01", "Europe/Lisbon") - 1)
    with store.reading() as connection:
        sealed = connection.scalar(text("SELECT sealed_range FROM partnerships.exclusions"))
        rows = connection.execute(text("SELECT e::text FROM partnerships.exclusions e")).scalars()
        assert "203.0.113" not in " ".join(rows)
    assert open_seal(str(sealed), [KEY]) == "203.0.113.7/32"
    ended = changed("from = 2026-01-01 }", "from = 2026-01-01, until = 2026-02-01 }")
    assert outcomes(applied(store, ended)) == {"accounts letters": "changed"}
    assert not catalog(store).excluded("letters", [network], NOW_MS)
    assert outcomes(applied(store, ended)) == {}


def test_people_sign_in_with_the_password_of_the_file(store: Store) -> None:
    file = changed(
        '[[accounts]]\nid = "bikes"', "[[accounts]]\npassword = 'practice-money-1'\nid = \"bikes\""
    )
    applied(store, file)
    assert outcomes(applied(store, file)) == {}
    found = sign_in(store, "Ada@bikes.example ", "practice-money-1")
    assert found is not None
    assert found.account_id == "bikes"
    assert sign_in(store, "ada@bikes.example", "practice-money-2") is None
    assert sign_in(store, "gus@letters.example", "practice-money-1") is None
    assert sign_in(store, "nobody@bikes.example", "practice-money-1") is None
    file = file.replace("practice-money-1", "practice-money-2").replace("ada@", "eve@")
    assert outcomes(applied(store, file)) == {"accounts bikes": "changed"}
    assert sign_in(store, "eve@bikes.example", "practice-money-2") is not None
    assert sign_in(store, "ada@bikes.example", "practice-money-2") is None
    with store.reading() as connection:
        hashes = connection.execute(text("SELECT password_hash FROM partnerships.users")).scalars()
        assert all(each is None or each.startswith("$argon2id$") for each in hashes)


def test_what_the_file_leaves_out_stays(store: Store) -> None:
    applied(store)
    bare = changed('card = "pm_card_visa"\n', "").replace('email = "ada@bikes.example"\n', "")
    assert outcomes(applied(store, bare)) == {}
    profile = account(store, "bikes")
    assert profile is not None
    assert (profile.card, profile.email) == ("pm_card_visa", "ada@bikes.example")


def test_every_application_is_audited(store: Store) -> None:
    applied(store)
    applied(store)
    with store.reading() as connection:
        query = "SELECT applied_at_ms, changes FROM partnerships.applications ORDER BY 1, sequence"
        first, second = connection.execute(text(query)).all()
    assert first.applied_at_ms == NOW_MS
    assert {"table": "agreements", "id": "deal", "outcome": "created"} in first.changes
    assert second.changes == []


@pytest.mark.parametrize(
    "statement", ["UPDATE applications SET sequence = 0", "DELETE FROM applications"]
)
def test_the_audit_is_never_changed(store: Store, statement: str) -> None:
    applied(store)
    with pytest.raises(DBAPIError, match="never changed"), store.changing() as change:
        change.connection.execute(
            text(statement.replace("applications", "partnerships.applications"))
        )
