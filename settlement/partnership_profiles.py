"""Profiles and transfer minimums from what partnerships keep."""

from collections.abc import Callable, Mapping
from datetime import datetime

from partnerships import Store, agreements_of, payment_profiles
from settlement.clock import to_ms
from settlement.parties import Profile, Profiles


class PartnershipProfiles(Profiles):
    """Asks partnerships' use cases anew each time; `clock`: for the terms that hold now."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def profiles(self) -> Mapping[str, Profile]:
        return {
            account_id: Profile(
                account_id=account_id,
                name=known.legal_name or known.name,
                email=known.email or "",
                country=known.country or "",
                card=known.card or "",
                takes_transfers=known.transfers,
            )
            for account_id, known in payment_profiles(self._store).items()
        }

    def transfer_minimum_minor(self, partner_id: str, currency: str) -> int:
        """The smallest of its agreements' terms: no partner waits longer than one promised."""
        agreements = agreements_of(self._store, partner_id, "earning", to_ms(self._clock()))
        terms = (agreement.terms for agreement in agreements)
        minimums = [each.transfer_minimum_minor for each in terms if each.currency == currency]
        return min(minimums, default=0)
