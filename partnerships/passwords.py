"""Passwords as Argon2 hashes, with the library's own parameters, which its releases raise."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """Hashes and checks passwords; both are slow on purpose."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        """A hash that `matches` recognises."""
        return self._hasher.hash(password)

    def matches(self, password: str, hashed: str) -> bool:
        """Whether the hash is this password's; a text that is no hash is nobody's."""
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
