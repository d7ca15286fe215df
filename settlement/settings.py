"""Where this room's engines and Stripe stand, read once from the environment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from settlement.crash_points import Point

Name = Literal["postgres", "clickhouse", "stripe"]

_DEFAULT_CANDIDATE_PARTITIONS: Final = 4
_PRACTICE_KEYS: Final = ("sk_test_", "rk_test_")


class SettingsError(ValueError):
    """One sentence for each variable that is missing or malformed, one a line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses and keys, "" where a command has no need of them. Never log them.

    `stripe_url`: "" for Stripe itself. `candidate_partitions`: of the topic `candidates`.
    `crash_at`: in tests only, the point at which this process ends itself.
    """

    postgres: str = field(default="", repr=False)
    clickhouse: str = field(default="", repr=False)
    stripe_key: str = field(default="", repr=False)
    stripe_url: str = ""
    candidate_partitions: int = _DEFAULT_CANDIDATE_PARTITIONS
    crash_at: Point | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str], needs: Collection[Name]) -> "Settings":
        """The settings that a command needs; others may be unset, but not malformed.

        Raises SettingsError.
        """
        postgres = environ.get("COUNTERFOIL_POSTGRES", "").strip()
        clickhouse = environ.get("COUNTERFOIL_CLICKHOUSE", "").strip()
        stripe_key = environ.get("COUNTERFOIL_STRIPE_KEY", "").strip()
        stripe_url = environ.get("COUNTERFOIL_STRIPE_URL", "").strip().rstrip("/")
        partitions = environ.get("COUNTERFOIL_PARTITIONS", "").strip()
        crash_at = environ.get("COUNTERFOIL_CRASH_AT", "").strip()
        problems = [
            *_postgres_problems(postgres, needed="postgres" in needs),
            *_clickhouse_problems(clickhouse, needed="clickhouse" in needs),
            *_stripe_problems(stripe_key, stripe_url, needed="stripe" in needs),
            *_partition_problems(partitions),
            *_crash_problems(crash_at),
        ]
        if problems:
            raise SettingsError("\n".join(problems))
        return cls(
            postgres,
            clickhouse,
            stripe_key,
            stripe_url,
            int(partitions.split(",")[1]) if partitions else _DEFAULT_CANDIDATE_PARTITIONS,
            Point(crash_at) if crash_at else None,
        )


def _postgres_problems(value: str, *, needed: bool) -> list[str]:
    example = "it should look like postgresql+psycopg://user@/counterfoil?host=/run/postgresql."
    if not value:
        return [f"COUNTERFOIL_POSTGRES is not set: {example}"] if needed else []
    if not value.startswith("postgresql+psycopg://"):
        return [f"COUNTERFOIL_POSTGRES is not an address of PostgreSQL: {example}"]
    return []


def _clickhouse_problems(value: str, *, needed: bool) -> list[str]:
    example = "it should look like clickhouse://writer:SECRET@127.0.0.1:8008/counterfoil."
    if not value:
        return [f"COUNTERFOIL_CLICKHOUSE is not set: {example}"] if needed else []
    if urlsplit(value).scheme not in ("clickhouse", "clickhouses"):
        return [f"COUNTERFOIL_CLICKHOUSE is not an address of ClickHouse: {example}"]
    return []


def _stripe_problems(key: str, url: str, *, needed: bool) -> list[str]:
    problems = []
    if not key:
        if needed:
            problems.append("COUNTERFOIL_STRIPE_KEY is not set: it should look like sk_test_….")
    elif url and not key.startswith(_PRACTICE_KEYS):
        problems.append(
            "COUNTERFOIL_STRIPE_KEY is no practice key, but COUNTERFOIL_STRIPE_URL names a"
            " practice Stripe: give a key like sk_test_…, or unset the address."
        )
    if url and urlsplit(url).scheme not in ("http", "https"):
        problems.append(
            "COUNTERFOIL_STRIPE_URL is not an address: it should look like"
            " http://127.0.0.1:8003, or be unset for Stripe itself."
        )
    return problems


def _partition_problems(value: str) -> list[str]:
    parts = value.split(",") if value else ["8", "4"]
    if len(parts) == 2 and all(part.strip().isdigit() and int(part) > 0 for part in parts):
        return []
    return ["COUNTERFOIL_PARTITIONS should look like 8,4: partitions of events, of candidates."]


def _crash_problems(value: str) -> list[str]:
    if not value or value in list(Point):
        return []
    return [f"COUNTERFOIL_CRASH_AT is no crash point: it is one of {', '.join(Point)}."]
