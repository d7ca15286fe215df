"""What is kept beside the catalog: settings, profiles, owners, and what is only proposed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from partnerships.catalog import View
from partnerships.money import decimals_of
from partnerships.records import Terms


@dataclass(frozen=True, slots=True)
class Installation:
    """The operator's settings, frozen into terms at acceptance.

    `transfer_minimum`: a decimal amount, the same number in every currency.
    """

    fee_rate_bps: int = 1_250
    hold_days: int = 7
    transfer_minimum: str = "25.00"


@dataclass(frozen=True, slots=True)
class Profile:
    """What payments need of an account and the catalog does not carry.

    `card`: the payment method charges go to; None: none. `transfers`: money can be sent to it.
    """

    legal_name: str
    country: str | None = None
    card: str | None = None
    transfers: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """The person who may sign in for an account."""

    account_id: str
    email: str
    password_hash: str | None = field(default=None, repr=False)


class Application(NamedTuple):
    """A file that the operator applied. `changed`: table, id and outcome of each changed object."""

    applied_at_ms: int
    file_sha256: str
    changed: tuple[tuple[str, str, str], ...]


class Proposal(NamedTuple):
    """Terms and budget of an agreement that is not accepted yet."""

    price_minor: int
    payer_share_bps: int
    window_days: int
    budget_minor: int

    def terms(
        self, agreement_id: str, installation: Installation, currency: str, from_ms: int
    ) -> Terms:
        """The terms this becomes when it is accepted; the installation's settings freeze."""
        minimum = Decimal(installation.transfer_minimum) * 10 ** decimals_of(currency)
        return Terms(
            id=agreement_id,
            effective_from_ms=from_ms,
            price_minor=self.price_minor,
            currency=currency,
            fee_rate_bps=installation.fee_rate_bps,
            payer_share_bps=self.payer_share_bps,
            window_days=self.window_days,
            hold_days=installation.hold_days,
            transfer_minimum_minor=int(minimum),
        )


@dataclass(frozen=True, slots=True)
class Known:
    """The newest of everything; mappings by account, proposals by agreement."""

    view: View
    installation: Installation | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
