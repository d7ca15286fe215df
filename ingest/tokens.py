"""Click tokens: what the collector knew at a click, signed, so that nobody else can make one.

A token is base64url of `version · flags · time · key id · nonce · link · MAC`. It needs no look-up
to be opened, and tells nothing that helps to guess another.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Final

from ingest.events import Flag, Token
from partnerships.keys import TokenKey

NONCE_BYTES: Final = 12
_VERSION: Final = 1
_TIME_BYTES: Final = 6
_MAC_BYTES: Final = 16
_TIME_AT: Final = 2
_KEY_AT: Final = _TIME_AT + _TIME_BYTES
_MAX_CHARACTERS: Final = 256
# A bit's place is part of the wire: append only.
_FLAGS: Final[tuple[Flag, ...]] = (
    "bot",
    "preview",
    "prefetch",
    "test",
    "partner_cookie",
    "partner_network",
    "own",
)


def seal(token: Token, key: TokenKey) -> str:
    """The token as it stands in `cf=`."""
    bits = sum(1 << place for place, flag in enumerate(_FLAGS) if flag in token.flags)
    payload = b"".join(
        (
            bytes((_VERSION, bits)),
            token.clicked_at.to_bytes(_TIME_BYTES, "big"),
            _with_length(key.id.encode()),
            _with_length(bytes.fromhex(token.nonce)),
            token.link.encode(),
        )
    )
    return _text(payload + _mac(payload, key))


def open_token(text: str, keys: Sequence[TokenKey]) -> Token | None:
    """The token, if one of these keys sealed exactly this text; else None."""
    sealed = _bytes(text)
    if len(sealed) < _KEY_AT + _MAC_BYTES or sealed[0] != _VERSION:
        return None
    payload, mac = sealed[:-_MAC_BYTES], sealed[-_MAC_BYTES:]
    key_id, nonce_at = _part(payload, _KEY_AT)
    for key in keys:
        if key.id.encode() == key_id and hmac.compare_digest(mac, _mac(payload, key)):
            return _read(payload, nonce_at)
    return None


def _read(payload: bytes, nonce_at: int) -> Token:
    nonce, link_at = _part(payload, nonce_at)
    return Token(
        link=payload[link_at:].decode(),
        clicked_at=int.from_bytes(payload[_TIME_AT:_KEY_AT], "big"),
        nonce=nonce.hex(),
        flags=tuple(flag for place, flag in enumerate(_FLAGS) if payload[1] >> place & 1),
    )


def _with_length(part: bytes) -> bytes:
    return bytes((len(part),)) + part


def _part(payload: bytes, at: int) -> tuple[bytes, int]:
    """What `_with_length` put at this place, and the place after it."""
    end = at + 1 + int.from_bytes(payload[at : at + 1], "big")
    return payload[at + 1 : end], end


def _mac(payload: bytes, key: TokenKey) -> bytes:
    return hmac.digest(key.secret, payload, "sha256")[:_MAC_BYTES]


def _text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """The bytes of canonical base64url; none for any other text."""
    if len(text) > _MAX_CHARACTERS or not text.isascii():
        return b""
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return b""
    return sealed if _text(sealed) == text else b""
