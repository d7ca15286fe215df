"""Seals declared ranges, so that the database alone tells nobody's network.

`KEYID:TOKEN`; the key is derived from the network key, and opens while that key is known.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import blake2b

from cryptography.fernet import Fernet

from partnerships.networks import NetworkKey

_PURPOSE = b"sealed range"


class SealError(Exception):
    """A sealed range was made with a key that is not known any more."""


def seal(text: str, key: NetworkKey) -> str:
    """The text, readable only with this key."""
    return f"{key.id}:{_cipher(key).encrypt(text.encode()).decode()}"


def open_seal(sealed: str, keys: Iterable[NetworkKey]) -> str:
    """The text again; raises SealError, and cryptography's InvalidToken if it was tampered with."""
    key_id, _, token = sealed.partition(":")
    for key in keys:
        if key.id == key_id:
            return _cipher(key).decrypt(token.encode()).decode()
    raise SealError(f"The key {key_id} is not in the file of keys: add it as the previous one.")


def _cipher(key: NetworkKey) -> Fernet:
    derived = blake2b(key=key.secret, person=_PURPOSE, digest_size=32).digest()
    return Fernet(urlsafe_b64encode(derived))
