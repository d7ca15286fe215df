"""The secrets of an installation, in one file that only its owner can read (rules.md §1).

`make_keys` never overwrites: visitor and conversion keys must stay the same for ever.
"""

import os
import secrets
import stat
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from partnerships.networks import NetworkKey

SECRET_BYTES: Final = 32
_LONE: Final = ("visitor", "conversion", "cookie", "session", "receipt")
_ROTATING: Final = ("network", "token")
_ID_BYTES: Final = 3
_READABLE_BY_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class KeysError(Exception):
    """The file of keys can't be used; the message says which file, why, and what to do."""


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A secret that signs click tokens; `id` stands in the token."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """Separate secrets of 32 bytes each.

    `network` (also encrypts declared ranges) and `token` rotate: the previous one is still known.
    `visitor` and `conversion` key ids and never change. `cookie` signs partners' cookies,
    `session` sign-ins, `receipt` is an Ed25519 seed.
    """

    network: NetworkKey
    token: TokenKey
    visitor: bytes = field(repr=False)
    conversion: bytes = field(repr=False)
    cookie: bytes = field(repr=False)
    session: bytes = field(repr=False)
    receipt: bytes = field(repr=False)
    previous_network: NetworkKey | None = None
    previous_token: TokenKey | None = None

    @property
    def networks(self) -> tuple[NetworkKey, ...]:
        """The keys whose hashes an event carries, the current one first."""
        return (self.network,) + ((self.previous_network,) if self.previous_network else ())

    @property
    def tokens(self) -> tuple[TokenKey, ...]:
        """The keys that open a token, the current one (which signs) first."""
        return (self.token,) + ((self.previous_token,) if self.previous_token else ())


def read_keys(path: Path) -> Keys:
    """The keys of a file; raises KeysError, also when others may read the file."""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _READABLE_BY_OTHERS:
                raise KeysError(f"{path} can be read by others. Close it with: chmod 600 {path}")
            table = tomllib.load(file)
    except FileNotFoundError as error:
        raise KeysError(f"{path} is not there. Make it with: partnerships keys") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KeysError(f"{path} can't be read: {error}") from error
    return _Reader(path, table).keys()


def make_keys(path: Path) -> Literal["created", "unchanged"]:
    """Write new keys unless the file exists, which is then checked; raises KeysError.

    The file appears whole and synced, and only if there was none: two makers get the same keys.
    """
    if not path.exists() and _write_new(path):
        return "created"
    read_keys(path)
    return "unchanged"


def _write_new(path: Path) -> bool:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(_new_text())
            file.flush()
            os.fsync(file.fileno())
        # A hard link, unlike a rename, does not replace what another maker finished meanwhile.
        os.link(unfinished, path)
    except FileExistsError:
        return False
    except OSError as error:
        raise KeysError(f"{path} can't be written: {error}") from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    _sync_directory(path.parent)
    return True


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_text() -> str:
    lines = ["# Secrets of this installation. Keep a copy in a safe place; show them to no one."]
    lines += [f'{name} = "{secrets.token_hex(SECRET_BYTES)}"' for name in _LONE]
    for name in _ROTATING:
        lines += ["", f"[{name}]", f'id = "{secrets.token_hex(_ID_BYTES)}"']
        lines += [f'secret = "{secrets.token_hex(SECRET_BYTES)}"']
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    table: dict[str, Any]

    def keys(self) -> Keys:
        network, previous_network = self._rotating("network")
        token, previous_token = self._rotating("token")
        return Keys(
            network=NetworkKey(*network),
            token=TokenKey(*token),
            previous_network=NetworkKey(*previous_network) if previous_network else None,
            previous_token=TokenKey(*previous_token) if previous_token else None,
            **{name: self._secret(self.table.get(name), name) for name in _LONE},
        )

    def _rotating(self, name: str) -> tuple[tuple[str, bytes], tuple[str, bytes] | None]:
        current = self.table.get(name)
        previous = current.get("previous") if isinstance(current, dict) else None
        return (
            self._identified(current, name),
            self._identified(previous, f"{name}.previous") if previous is not None else None,
        )

    def _identified(self, table: object, name: str) -> tuple[str, bytes]:
        if not isinstance(table, dict) or not isinstance(table.get("id"), str) or not table["id"]:
            raise KeysError(f"{self.path}: [{name}] needs an id and a secret")
        return table["id"], self._secret(table.get("secret"), f"{name}.secret")

    def _secret(self, text: object, name: str) -> bytes:
        try:
            secret = bytes.fromhex(text) if isinstance(text, str) else b""
        except ValueError:
            secret = b""
        if len(secret) != SECRET_BYTES:
            raise KeysError(f"{self.path}: {name} must be {2 * SECRET_BYTES} hex digits")
        return secret
