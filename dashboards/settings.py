"""Where this room's engines stand and how it is reached, read once from the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")


class SettingsError(ValueError):
    """One sentence for each variable that is missing or malformed, one a line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`listen`: host and port. `public_url`: where people reach these pages; no slash at its end.

    `collector_url`: where links lead. `practice`: Stripe is the built-in one. `partitions`: of
    the topic `candidates`. `postgres` and `clickhouse` hold passwords: never log them.
    """

    listen: tuple[str, int]
    postgres: str = field(repr=False)
    clickhouse: str = field(repr=False)
    keys: Path
    public_url: str
    collector_url: str
    practice: bool
    partitions: int

    @property
    def secure(self) -> bool:
        """People reach the pages by TLS."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings of these variables; raises SettingsError that names all wrong ones."""
        reader = _Reader(environment)
        settings = cls(
            listen=reader.read("COUNTERFOIL_LISTEN", _address, "127.0.0.1:8000", optional=True),
            postgres=reader.read("COUNTERFOIL_POSTGRES", _postgres, _POSTGRES_EXAMPLE),
            clickhouse=reader.read("COUNTERFOIL_CLICKHOUSE", _clickhouse, _CLICKHOUSE_EXAMPLE),
            keys=reader.read("COUNTERFOIL_KEYS", _path, "/path/to/keys.toml"),
            public_url=reader.read("COUNTERFOIL_PUBLIC_URL", _url, "http://127.0.0.1:8000"),
            collector_url=reader.read("COUNTERFOIL_COLLECTOR_URL", _url, "http://127.0.0.1:8001"),
            practice=bool(environment.get("COUNTERFOIL_STRIPE_URL", "").strip()),
            partitions=reader.read("COUNTERFOIL_PARTITIONS", _candidates, "8,4", optional=True),
        )
        if reader.problems:
            raise SettingsError("\n".join(reader.problems))
        return settings


_POSTGRES_EXAMPLE = "postgresql+psycopg://counterfoil:SECRET@127.0.0.1:5432/counterfoil"
_CLICKHOUSE_EXAMPLE = "clickhouse://writer:SECRET@127.0.0.1:8008/counterfoil"


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self._environment = environment

    def read(
        self, name: str, parse: Callable[[str], T], example: str, *, optional: bool = False
    ) -> T:
        """The value, or the example's after a problem, which never repeats what it was given."""
        text = self._environment.get(name, "").strip()
        if not text and optional:
            return parse(example)
        try:
            return parse(text)
        except ValueError:
            fault = "is malformed" if text else "is not set"
            self.problems.append(f"{name} {fault}; it should look like {example}")
            return parse(example)


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not host or not colon or not 0 <= int(port) < 1 << 16:
        raise ValueError(text)
    return host, int(port)


def _postgres(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ValueError("no address of PostgreSQL") from error
    if url.drivername != "postgresql+psycopg" or not url.database:
        raise ValueError("no address of PostgreSQL")
    return text


def _clickhouse(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("clickhouse", "clickhouses") or not parts.hostname or not parts.path:
        raise ValueError("no address of ClickHouse")
    return text


def _path(text: str) -> Path:
    if not text:
        raise ValueError("no path")
    return Path(text)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("no address of the web")
    return text.rstrip("/")


def _candidates(text: str) -> int:
    events, candidates = (int(part) for part in text.split(","))
    if min(events, candidates) < 1:
        raise ValueError(text)
    return candidates
