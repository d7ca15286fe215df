"""The signed cookie that tells a collector on the same host which partners a browser belongs to.

The dashboards set it at sign-in; the collector opens it at every click and event.
"""

from collections.abc import Iterable
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

NAME: Final = "cf_partner"
MAX_ACCOUNTS: Final = 16
"""People who sign in to more accounts than this in one browser keep the latest ones."""

_SALT: Final = "partner-cookie"
_MAX_CHARACTERS: Final = 2048


def seal(account_ids: Iterable[str], key: bytes) -> str:
    """The cookie's value for these accounts, the newest sign-in last."""
    value: str | bytes = _serializer(key).dumps(list(account_ids)[-MAX_ACCOUNTS:])
    return value if isinstance(value, str) else value.decode()


def open_cookie(value: str, key: bytes) -> tuple[str, ...]:
    """The accounts that a genuine cookie names; none for any other value."""
    if len(value) > _MAX_CHARACTERS:
        return ()
    try:
        accounts = _serializer(key).loads(value)
    except BadSignature:
        return ()
    return tuple(accounts)


def _serializer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=_SALT)
