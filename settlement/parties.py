"""Who pays and who is paid at Stripe: made there when first needed, and remembered."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine

from settlement.crash_points import Point, Reached
from settlement.gateway import Gateway, Request
from settlement.journal import Journal
from settlement.ledger import parties
from settlement.ledger.parties import Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What settlement must know of an account to charge it or to pay it.

    `email`, `country`: "" while unknown. `card`: the payment method to charge, "" without one.
    `takes_transfers`: whether money can be sent to it.
    """

    account_id: str
    name: str
    email: str = ""
    country: str = ""
    card: str = ""
    takes_transfers: bool = False


class Profiles(Protocol):
    """Where profiles come from: partnerships keep them."""

    def profile(self, account_id: str) -> Profile | None:
        """The account's profile as it is now."""

    def with_cards(self) -> frozenset[str]:
        """The accounts that can be charged."""

    def transfer_minimum_minor(self, partner_id: str, currency: str) -> int:
        """The least sum that the partner's terms promise to send, in minor units."""


class Parties:
    """Ensures customers and transfer accounts; after a crash the same request finds the same."""

    def __init__(
        self,
        engine: Engine,
        gateway: Gateway,
        profiles: Profiles,
        journal: Journal,
        reached: Reached,
    ) -> None:
        self._engine = engine
        self._gateway = gateway
        self._profiles = profiles
        self._journal = journal
        self._reached = reached

    def profile(self, account_id: str) -> Profile | None:
        """The account's profile as it is now."""
        return self._profiles.profile(account_id)

    def transfer_minimum_minor(self, partner_id: str, currency: str) -> int:
        """The least sum that is sent to the partner."""
        return self._profiles.transfer_minimum_minor(partner_id, currency)

    def with_cards(self) -> frozenset[str]:
        """The accounts that can be charged."""
        return self._profiles.with_cards()

    def customer(self, profile: Profile) -> Customer:
        """The advertiser as Stripe's customer with the card of its profile."""
        advertiser_id = profile.account_id
        with self._engine.begin() as connection:
            known = parties.customer_of(connection, advertiser_id)
        if known is not None and known.card == profile.card:
            return known
        customer_id = known.customer_id if known else self._new_customer(profile)
        method = self._journal.ask(
            f"customer/{advertiser_id}/{profile.card}",
            "attach",
            lambda key: self._gateway.attach_card(customer_id, profile.card, key),
        )
        customer = Customer(customer_id, profile.card, method)
        with self._engine.begin() as connection:
            parties.keep_customer(connection, advertiser_id, customer)
        self._reached(Point.CUSTOMER_STORED)
        return customer

    def _new_customer(self, profile: Profile) -> str:
        customer_id = self._journal.ask(
            f"customer/{profile.account_id}",
            "create",
            lambda key: self._gateway.create_customer(_customer(profile), key),
        )
        self._reached(Point.CUSTOMER_CREATED)
        return customer_id

    def transfer_account(self, profile: Profile) -> str:
        """The partner's account at Stripe."""
        partner_id = profile.account_id
        with self._engine.begin() as connection:
            known = parties.account_of(connection, partner_id)
        if known:
            return known
        account_id = self._journal.ask(
            f"transfer-account/{partner_id}",
            "create",
            lambda key: self._gateway.create_account(_account(profile), key),
        )
        self._reached(Point.TRANSFER_ACCOUNT_CREATED)
        with self._engine.begin() as connection:
            parties.keep_account(connection, partner_id, account_id)
        self._reached(Point.TRANSFER_ACCOUNT_STORED)
        return account_id


def _customer(profile: Profile) -> Request:
    return _known(
        name=profile.name,
        email=profile.email,
        metadata={"counterfoil_account": profile.account_id},
    )


def _account(profile: Profile) -> Request:
    return _known(
        type="custom",
        country=profile.country,
        email=profile.email,
        capabilities={"transfers": {"requested": True}},
        metadata={"counterfoil_account": profile.account_id},
    )


def _known(**fields: object) -> Request:
    return {name: value for name, value in fields.items() if value}
