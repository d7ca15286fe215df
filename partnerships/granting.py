"""Grants server keys: the secret is the holder's alone, the store keeps its hash."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal, get_args

from msgspec.structs import replace

from partnerships.declaration.versions import next_version
from partnerships.declaration.writes import Outcome
from partnerships.records import Account, ServerKey
from partnerships.store import tables
from partnerships.store.rows import read_records
from partnerships.store.store import Store

Scope = Literal["import", "convert", "reverse"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)

_PREFIX: Final = "cfk_"
_SECRET_BYTES: Final = 32
_ID_BYTES: Final = 8
_SHORTEST: Final = 32


class GrantError(Exception):
    """The key can't be granted; the message says why and what to do."""


def grant(store: Store, account_id: str, scopes: Iterable[Scope], secret: str) -> Outcome:
    """Let the holder of a secret act for an account; granted again, nothing changes.

    Other scopes than before replace them; a revoked key stays revoked. Raises GrantError.
    """
    hashed = hashlib.sha256(secret.encode()).hexdigest()
    wanted = tuple(sorted(set(scopes)))
    with store.changing() as change:
        connection = change.connection
        if not list(read_records(connection, Account, tables.accounts.c.id == account_id)):
            raise GrantError(f"There is no account {account_id!r}: apply a file that has it first.")
        condition = tables.server_keys.c.secret_sha256 == hashed
        known = next(read_records(connection, ServerKey, condition), None)
        if known and known.account_id != account_id:
            raise GrantError(f"This secret is of the account {known.account_id!r}: take another.")
        if known and known.revoked:
            raise GrantError("This secret was revoked: take another.")
        key = known or ServerKey(
            id=secrets.token_hex(_ID_BYTES),
            account_id=account_id,
            secret_sha256=hashed,
            scopes=wanted,
        )
        record = next_version(known, replace(key, scopes=wanted))
        if record is None:
            return "unchanged"
        change.publish(record)
        return "changed" if known else "created"


def secret_in(path: Path) -> str:
    """The secret of a file, which is made, readable by its owner alone, if it is not there.

    It is on the disk before anybody is told of it. Raises OSError and GrantError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_text().strip()
        if len(secret) < _SHORTEST:
            raise GrantError(f"{path} holds no secret: remove it, and a new one is made.") from None
        return secret
    secret = _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    with open(descriptor, "w") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    return secret
