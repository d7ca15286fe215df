"""Learns the network of who is signed in, so that their own visits never count (rules.md §5)."""

from typing import Final

from sqlalchemy import exists, select

from partnerships.days import day_of
from partnerships.networks import NetworkKey, client_network, is_matched, range_hash
from partnerships.records import Exclusion
from partnerships.store import tables
from partnerships.store.store import Store

_HOUR_MS: Final = 60 * 60 * 1000
BEFORE_MS: Final = 24 * _HOUR_MS
AFTER_MS: Final = 30 * 24 * _HOUR_MS


def learn_network(store: Store, account_id: str, address: str, at_ms: int, key: NetworkKey) -> bool:
    """Exclude the /32 or IPv6 /64 of an address from 24 h before to 30 days after.

    Once per account, network and day (UTC); True when it was news. Private and local addresses
    are not learned. Raises ValueError for no address.
    """
    network = client_network(address)
    if not is_matched(network):
        return False
    hashed = range_hash(str(network), key)
    exclusion = Exclusion(
        id=f"{account_id}/{hashed}/{day_of(at_ms, 'UTC')}",
        account_id=account_id,
        network=hashed,
        from_ms=at_ms - BEFORE_MS,
        until_ms=at_ms + AFTER_MS,
    )
    known = select(exists().where(tables.exclusions.c.id == exclusion.id))
    with store.reading() as connection:
        if connection.scalar(known):
            return False
    with store.changing() as change:
        if change.connection.scalar(known):
            return False
        change.publish(exclusion)
    return True
