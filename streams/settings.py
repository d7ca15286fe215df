"""What the workers take from the environment, checked all at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ingest.events import Partitions

T = TypeVar("T")


class SettingsError(Exception):
    """Variables that are missing or can't be read, one a line, each with an example."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`kafka`: bootstrap servers. `keys`: the file of secrets. `state`: a folder for Faust's own.

    `partitions`: fixed at the installation's birth.
    """

    kafka: tuple[str, ...]
    partitions: Partitions
    keys: Path
    state: Path

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings of these variables; raises SettingsError that names all wrong ones."""
        reader = _Reader(environment)
        settings = cls(
            kafka=reader.read("COUNTERFOIL_KAFKA", _servers, "127.0.0.1:8006"),
            partitions=reader.read("COUNTERFOIL_PARTITIONS", _partitions, "8,4", default="8,4"),
            keys=reader.read("COUNTERFOIL_KEYS", Path, "keys.toml", default="var/keys.toml"),
            state=reader.read("COUNTERFOIL_STATE", Path, "state", default="var/state"),
        )
        if reader.errors:
            raise SettingsError("\n".join(reader.errors))
        return settings


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.errors: list[str] = []
        self._environment = environment

    def read(
        self, name: str, parse: Callable[[str], T], example: str, default: str | None = None
    ) -> T:
        text = self._environment.get(name) or default
        try:
            return parse(text or "")
        except ValueError:
            found = f"is {text!r}" if text else "is not set"
            self.errors.append(f"{name} {found}; it should look like {example}")
            return parse(example)


def _servers(text: str) -> tuple[str, ...]:
    servers = tuple(server.strip() for server in text.split(","))
    for server in servers:
        host, _, port = server.rpartition(":")
        if not host or not 0 < int(port) < 1 << 16:
            raise ValueError(text)
    return servers


def _partitions(text: str) -> Partitions:
    events, candidates = map(int, text.split(","))
    if events < 1 or candidates < 1:
        raise ValueError(text)
    return Partitions(events=events, candidates=candidates)
