"""Who may sign in, and for which account."""

import secrets
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from partnerships.passwords import Argon2Passwords
from partnerships.store import tables
from partnerships.store.store import Store

_PASSWORDS = Argon2Passwords()


@dataclass(frozen=True, slots=True)
class User:
    """A person of one account, who sees both of its sides."""

    id: int
    account_id: str
    email: str


def sign_in(store: Store, email: str, password: str) -> User | None:
    """The user of an address and password; None, after as much work, for anybody else."""
    _hash_of_nobody()
    users = tables.users
    query = select(users.c.id, users.c.account_id, users.c.email, users.c.password_hash)
    with store.reading() as connection:
        row = connection.execute(query.where(users.c.email == email.strip().lower())).one_or_none()
    hashed = row.password_hash if row else None
    matches = _PASSWORDS.matches(password, hashed or _hash_of_nobody())
    if row is None or hashed is None or not matches:
        return None
    return User(row.id, row.account_id, row.email)


def user(store: Store, user_id: int) -> User | None:
    """The user of an id that a session carries; None when there is none any more."""
    users = tables.users
    query = select(users.c.id, users.c.account_id, users.c.email).where(users.c.id == user_id)
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    return User(*row) if row else None


@cache
def _hash_of_nobody() -> str:
    return _PASSWORDS.hash(secrets.token_hex())
