"""What this room's commands take from the environment, with every error at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Name = Literal["postgres", "kafka", "keys"]

_VARIABLES: Final[Mapping[Name, tuple[str, str]]] = {
    "postgres": (
        "COUNTERFOIL_POSTGRES",
        "postgresql+psycopg://counterfoil:SECRET@127.0.0.1:5432/counterfoil",
    ),
    "kafka": ("COUNTERFOIL_KAFKA", "127.0.0.1:8006 (several with commas)"),
    "keys": ("COUNTERFOIL_KEYS", "/path/to/keys.toml"),
}


class SettingsError(ValueError):
    """One sentence for each variable that is missing or malformed, one a line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses, empty where a command has no need of one.

    postgres: a SQLAlchemy URL; it holds a password, never log it. kafka: `host:port` of brokers.
    keys: the file of secrets.
    """

    postgres: str = field(default="", repr=False)
    kafka: tuple[str, ...] = ()
    keys: Path = Path()

    @classmethod
    def from_env(cls, environ: Mapping[str, str], needs: Collection[Name]) -> "Settings":
        """The settings that a command needs; others may be unset, but not malformed.

        Raises SettingsError.
        """
        values = {name: environ.get(variable, "") for name, (variable, _) in _VARIABLES.items()}
        found = [_problem(name, value, needed=name in needs) for name, value in values.items()]
        if problems := [problem for problem in found if problem]:
            raise SettingsError("\n".join(problems))
        brokers = tuple(part.strip() for part in values["kafka"].split(",") if part.strip())
        return cls(values["postgres"], brokers, Path(values["keys"]))


def _problem(name: Name, value: str, *, needed: bool) -> str:
    """What is wrong with a value, or ""; never repeats the value, which may hold a password."""
    variable, example = _VARIABLES[name]
    if not value:
        fault = "is not set" if needed else ""
    elif name == "kafka":
        fault = "" if all(map(_is_broker, value.split(","))) else "names no broker"
    elif name == "postgres":
        fault = "" if _is_postgres_url(value) else "is not an address of PostgreSQL"
    else:
        fault = ""
    return f"{variable} {fault}: it should look like {example}." if fault else ""


def _is_broker(text: str) -> bool:
    host, _, port = text.strip().rpartition(":")
    return bool(host) and port.isascii() and port.isdigit()


def _is_postgres_url(value: str) -> bool:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        return False
    return url.drivername == "postgresql+psycopg" and bool(url.database)
