"""Where this room's engines stand, read once from the environment, with every error at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

Name = Literal["clickhouse", "analyst", "kafka"]

_VARIABLES: Final[Mapping[Name, str]] = {
    "clickhouse": "COUNTERFOIL_CLICKHOUSE",
    "analyst": "COUNTERFOIL_CLICKHOUSE_ANALYST",
    "kafka": "COUNTERFOIL_KAFKA",
}


class SettingsError(ValueError):
    """One sentence for each variable that is missing or malformed, one a line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses, "" where a command has no need of one. They hold passwords: never log them.

    clickhouse, analyst: `clickhouse://user:password@host:port/database`.
    kafka: `host:port` of one or more brokers.
    """

    clickhouse: str = field(default="", repr=False)
    analyst: str = field(default="", repr=False)
    kafka: tuple[str, ...] = ()

    @classmethod
    def from_env(cls, environ: Mapping[str, str], needs: Collection[Name]) -> "Settings":
        """The settings that a command needs; others may be unset, but not malformed.

        Raises SettingsError.
        """
        values = {name: environ.get(variable, "").strip() for name, variable in _VARIABLES.items()}
        found = [_problem(name, values[name], needed=name in needs) for name in _VARIABLES]
        if problems := [problem for problem in found if problem]:
            raise SettingsError("\n".join(problems))
        brokers = tuple(part.strip() for part in values["kafka"].split(",") if part.strip())
        return cls(values["clickhouse"], values["analyst"], brokers)


def _problem(name: Name, value: str, *, needed: bool) -> str:
    """What is wrong with a value, or ""; never repeats the value, which may hold a password."""
    if not value:
        fault = "is not set" if needed else ""
    elif name == "kafka":
        fault = "" if _are_brokers(value) else "names no broker"
    else:
        fault = "" if _is_clickhouse_url(value) else "is not an address of ClickHouse"
    example = {
        "kafka": "127.0.0.1:8006 (several with commas)",
        "clickhouse": "clickhouse://writer:SECRET@127.0.0.1:8008/counterfoil",
        "analyst": "clickhouse://analyst:SECRET@127.0.0.1:8008/counterfoil",
    }[name]
    return f"{_VARIABLES[name]} {fault}: it should look like {example}." if fault else ""


def _are_brokers(value: str) -> bool:
    parts = [part.strip().rpartition(":") for part in value.split(",")]
    return all(host and port.isdigit() for host, _, port in parts)


def _is_clickhouse_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        valid_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    named = bool(parts.hostname and parts.username and parts.path.strip("/"))
    return parts.scheme in ("clickhouse", "clickhouses") and named and valid_port
