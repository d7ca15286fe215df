"""Profiles and transfer minimums from what partnerships keep."""

from collections.abc import Callable
from datetime import datetime

from partnerships import Store, account, agreements_of, payment_profiles
from settlement.clock import to_ms
from settlement.parties import Profile, Profiles


class PartnershipProfiles(Profiles):
    """Asks partnerships' use cases anew each time; `clock`: for the terms that hold now."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def profile(self, account_id: str) -> Profile | None:
        known = account(self._store, account_id)
        if known is None:
            return None
        return Profile(
            account_id=account_id,
            name=known.legal_name or known.name,
            email=known.email or "",
            country=known.country or "",
            card=known.card or "",
            takes_transfers=known.transfers,
        )

    def with_cards(self) -> frozenset[str]:
        known = payment_profiles(self._store)
        return frozenset(account_id for account_id, each in known.items() if each.card)

    def transfer_minimum_minor(self, partner_id: str, currency: str) -> int:
        """The smallest of its agreements' terms: no partner waits longer than one promised."""
        agreements = agreements_of(self._store, partner_id, "earning", to_ms(self._clock()))
        terms = (agreement.terms for agreement in agreements)
        minimums = [each.transfer_minimum_minor for each in terms if each.currency == currency]
        return min(minimums, default=0)
