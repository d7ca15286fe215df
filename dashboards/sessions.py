"""Signed cookies of people who are signed in, and the tokens that their forms carry."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

NAME: Final = "cf_session"
MAX_AGE_SECONDS: Final = 14 * 24 * 3600

FORM_NAME: Final = "cf_form"
"""Of the cookie that a form of someone signed out is bound to."""

_SALT: Final = "session"
_MAX_CHARACTERS: Final = 1024
_NONCE_BYTES: Final = 16
_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Session:
    """`nonce`: binds forms to this session. `begun_ms`: when it was signed in."""

    user_id: int
    nonce: str
    begun_ms: int


def begin(user_id: int, now_ms: int) -> Session:
    """A session of its own for each sign-in."""
    return Session(user_id, new_nonce(), now_ms)


def new_nonce() -> str:
    """Something that nobody guesses."""
    return secrets.token_urlsafe(_NONCE_BYTES)


def seal(session: Session, key: bytes) -> str:
    """The cookie's value."""
    value: str | bytes = _serializer(key).dumps([session.user_id, session.nonce, session.begun_ms])
    return value if isinstance(value, str) else value.decode()


def open_session(value: str, key: bytes, now_ms: int) -> Session | None:
    """The session of a genuine cookie that has not run out."""
    if not value or len(value) > _MAX_CHARACTERS:
        return None
    try:
        session = Session(*_serializer(key).loads(value))
    except BadSignature:
        return None
    age_ms = now_ms - session.begun_ms
    return session if age_ms < MAX_AGE_SECONDS * 1000 else None


def form_token(nonce: str, key: bytes) -> str:
    """What a form carries to show that it came from a page of ours."""
    return blake2b(f"form|{nonce}".encode(), key=key, digest_size=_TOKEN_BYTES).hexdigest()


def token_matches(token: str, nonce: str, key: bytes) -> bool:
    """Whether a form's token belongs to the nonce of the browser that sends it."""
    return bool(nonce) and hmac.compare_digest(token.encode(), form_token(nonce, key).encode())


def _serializer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=_SALT)
