"""Accounts as pages and payments need them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, select

from partnerships.store import tables
from partnerships.store.store import Store


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """An account; `zone` is its time zone, `currency` the one it is charged in.

    `card`: the payment method charges go to; None: none, it can't be charged. `transfers`: money
    can be sent to it. `email`: of who signs in; None: nobody. `pays`: it has a site; `earns`: it
    is the partner of an agreement.
    """

    account_id: str
    name: str
    legal_name: str
    email: str | None
    zone: str
    currency: str
    country: str | None
    card: str | None
    transfers: bool
    pays: bool
    earns: bool


def account(store: Store, account_id: str) -> AccountProfile | None:
    """One account; None if there is none of this id."""
    with store.reading() as connection:
        query = _profiles().where(tables.accounts.c.id == account_id)
        row = connection.execute(query).one_or_none()
    return AccountProfile(*row) if row else None


def payment_profiles(store: Store) -> dict[str, AccountProfile]:
    """All accounts by id: whom to charge and whom to pay."""
    with store.reading() as connection:
        profiles = [AccountProfile(*row) for row in connection.execute(_profiles())]
    return {profile.account_id: profile for profile in profiles}


def zones(store: Store) -> dict[str, str]:
    """The time zone of every account by id: days are days of the advertiser's."""
    accounts = tables.accounts
    with store.reading() as connection:
        rows = connection.execute(select(accounts.c.id, accounts.c.zone).order_by(accounts.c.id))
        return {row.id: row.zone for row in rows}


def _profiles() -> Select[Any]:
    accounts, profiles, users = tables.accounts, tables.profiles, tables.users
    return (
        select(
            accounts.c.id,
            accounts.c.name,
            profiles.c.legal_name,
            users.c.email,
            accounts.c.zone,
            accounts.c.currency,
            profiles.c.country,
            profiles.c.card,
            profiles.c.transfers,
            exists().where(tables.sites.c.advertiser_id == accounts.c.id),
            exists().where(tables.agreements.c.partner_id == accounts.c.id),
        )
        .join(profiles, profiles.c.account_id == accounts.c.id)
        .outerjoin(users, users.c.account_id == accounts.c.id)
        .order_by(accounts.c.id)
    )
