"""Who signs in from a network excludes it, from a day before to thirty days after."""

import pytest

from partnerships import learn_network
from partnerships.catalog import Exclusion
from partnerships.learning import AFTER_MS, BEFORE_MS
from partnerships.networks import network_hashes
from partnerships.store.store import Store
from tests.partnerships.files import KEY, NOW_MS, applied

DAY_MS = 24 * 3_600_000
ADDRESS = "198.51.100.9"


def test_a_network_is_learned_once_a_day(store: Store) -> None:
    applied(store)
    assert learn_network(store, "letters", ADDRESS, NOW_MS, KEY)
    assert not learn_network(store, "letters", ADDRESS, NOW_MS + 1_000, KEY)
    assert not learn_network(store, "letters", f"::ffff:{ADDRESS}", NOW_MS + 1_000, KEY)
    assert learn_network(store, "letters", "198.51.100.8", NOW_MS, KEY)
    assert learn_network(store, "bikes", ADDRESS, NOW_MS, KEY)
    assert learn_network(store, "letters", ADDRESS, NOW_MS + DAY_MS, KEY)


def test_it_counts_from_a_day_before_to_thirty_days_after(store: Store) -> None:
    applied(store)
    learn_network(store, "letters", ADDRESS, NOW_MS, KEY)
    view = store.catalog().at(store.sequence())
    hashes = network_hashes(ADDRESS, KEY)
    edges = [NOW_MS - BEFORE_MS - 1, NOW_MS - BEFORE_MS, NOW_MS + AFTER_MS - 1, NOW_MS + AFTER_MS]
    assert [view.excluded("letters", hashes, at) for at in edges] == [False, True, True, False]
    neighbour = network_hashes("198.51.100.10", KEY)
    assert not view.excluded("letters", neighbour, NOW_MS)


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.0.4", "100.64.3.4", "::1", "fe80::2"])
def test_a_local_network_is_not_learned(store: Store, address: str) -> None:
    applied(store)
    before = len(list(store.view().all(Exclusion)))
    assert not learn_network(store, "letters", address, NOW_MS, KEY)
    assert len(list(store.view().all(Exclusion))) == before
