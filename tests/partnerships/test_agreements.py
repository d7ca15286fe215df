"""Both sides see the same agreements, with what holds now and what is only proposed."""

import pytest

from partnerships import Side, account, agreements_of, payment_profiles, zones
from partnerships.agreements import AgreementSheet
from partnerships.store.store import Store
from tests.partnerships.files import NOW_MS, SHOP, applied, changed

BOTH: list[Side] = ["paying", "earning"]
LATER_MS = NOW_MS + 3_600_000


def sheets(store: Store, account_id: str, side: Side, now_ms: int = NOW_MS) -> list[AgreementSheet]:
    return agreements_of(store, account_id, side, now_ms)


def test_both_sides_read_the_same_sheet(store: Store) -> None:
    applied(store)
    [sheet] = sheets(store, "bikes", "paying")
    assert sheets(store, "letters", "earning") == [sheet]
    assert sheets(store, "bikes", "earning") == sheets(store, "letters", "paying") == []
    assert (sheet.advertiser_name, sheet.partner_name) == ("Harbour Bikes", "Gravel Letters")
    assert (sheet.status, sheet.since_ms) == ("active", 1_767_222_000_000)
    assert (sheet.terms.price_minor, sheet.budget_minor, sheet.zone) == (
        1200,
        150_000,
        "Europe/Berlin",
    )
    assert (sheet.objective.name, sheet.site.hosts[0]) == ("Sale", "shop.example")
    assert sheet.link is not None
    assert (sheet.link.id, sheet.coming) == ("gravel01", None)


def test_new_terms_are_shown_as_coming_until_they_hold(store: Store) -> None:
    applied(store)
    applied(store, changed('"12.00"', '"14.00"'), LATER_MS)
    [before] = sheets(store, "bikes", "paying", LATER_MS - 1)
    assert before.coming is not None
    assert (before.terms.price_minor, before.coming.price_minor) == (1200, 1400)
    [after] = sheets(store, "bikes", "paying", LATER_MS)
    assert (after.terms.price_minor, after.coming) == (1400, None)


def test_a_proposal_is_pending_with_what_it_offers(store: Store) -> None:
    applied(store, "[installation]\nhold_days = 3\n" + changed("accepted_on = 2026-01-01\n", ""))
    for side, name in zip(BOTH, ("bikes", "letters"), strict=True):
        [sheet] = sheets(store, name, side)
        assert (sheet.status, sheet.since_ms, sheet.terms.version) == ("pending", None, 0)
        assert (sheet.terms.price_minor, sheet.terms.hold_days) == (1200, 3)
        assert (sheet.budget_minor, sheet.budget_version) == (150_000, 0)


def test_an_end_ahead_does_not_show_before_it_comes(store: Store) -> None:
    applied(store, changed("accepted_on", "ended_on = 2026-11-13\naccepted_on"))
    [now] = sheets(store, "letters", "earning")
    [then] = sheets(store, "letters", "earning", NOW_MS + 24 * 3_600_000)
    assert (now.status, then.status) == ("active", "ended")


def test_other_accounts_agreements_are_not_seen(store: Store) -> None:
    applied(store)
    third = '[[accounts]]\nid = "miles"\nname = "M"\nzone = "UTC"\ncurrency = "EUR"\n'
    second = SHOP[SHOP.index("[[agreements]]") : SHOP.index("[[links]]")]
    second = second.replace('"deal"', '"other"').replace('"letters"', '"miles"')
    applied(store, third + second)
    assert [sheet.id for sheet in sheets(store, "bikes", "paying")] == ["deal", "other"]
    assert [sheet.id for sheet in sheets(store, "miles", "earning")] == ["other"]
    assert [sheet.id for sheet in sheets(store, "letters", "earning")] == ["deal"]


@pytest.mark.parametrize("side", BOTH)
def test_nobody_has_no_agreements(store: Store, side: Side) -> None:
    assert sheets(store, "nobody", side) == []
    assert account(store, "nobody") is None


def test_payments_know_whom_to_charge_and_whom_to_pay(store: Store) -> None:
    applied(store, changed('name = "Gravel Letters"', 'name = "G"\nlegal_name = "Gravel Ltd"'))
    profiles = payment_profiles(store)
    assert list(profiles) == ["bikes", "letters"]
    bikes, letters = profiles["bikes"], profiles["letters"]
    assert (bikes.card, bikes.transfers, bikes.pays, bikes.earns) == (
        "pm_card_visa",
        False,
        True,
        False,
    )
    assert (letters.card, letters.transfers, letters.pays, letters.earns) == (
        None,
        True,
        False,
        True,
    )
    assert (bikes.legal_name, letters.legal_name) == ("Harbour Bikes", "Gravel Ltd")
    assert (bikes.currency, bikes.zone, bikes.email) == (
        "EUR",
        "Europe/Berlin",
        "ada@bikes.example",
    )
    assert account(store, "bikes") == bikes
    assert zones(store) == {"bikes": "Europe/Berlin", "letters": "Europe/Lisbon"}
