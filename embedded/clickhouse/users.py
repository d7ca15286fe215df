"""Who may sign in as which role, read once from a file that only its owner can read."""

import hmac
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from embedded.errors import StackError

Role = Literal["writer", "analyst"]
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Users:
    entries: Mapping[str, tuple[str, Role]]

    def role_of(self, name: str, password: str) -> Role | None:
        """None for an unknown name and for a wrong password alike."""
        secret, role = self.entries.get(name, ("", None))
        same = hmac.compare_digest(secret.encode(), password.encode())
        return role if same else None


def load_users(path: Path) -> Users:
    """Reads `{"name": ["password", "writer" or "analyst"]}`; StackError says what to change."""
    try:
        mode, raw = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise StackError(f"users file {path}: {error.strerror}") from error
    if mode & OTHERS:
        raise StackError(f"users file {path} is open to others: chmod 600 {path}")
    try:
        entries = msgspec.json.decode(raw, type=dict[str, tuple[str, Role]])
    except msgspec.MsgspecError as error:
        raise StackError(
            f'users file {path}: {error}; it should read {{"name": ["password", "writer"]}}'
        ) from error
    unguarded = sorted(name for name, (password, _role) in entries.items() if not password)
    if unguarded:
        raise StackError(f"users file {path}: no password for {', '.join(unguarded)}")
    return Users(entries)
