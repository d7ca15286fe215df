"""One stack on this machine: where its files are, where it listens, what its services are told.

A stack is its data directory and the first of its ports; everything else follows from these two,
so two stacks with other directories and ports stand side by side.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from embedded.postgres.cluster import Cluster
from embedded.processes import MARK

CHECKOUT: Final = Path(__file__).resolve().parent.parent
CACHE: Final = CHECKOUT / ".cache"
JARS: Final = CACHE / "kafka"
DEFAULT_DATA: Final = CHECKOUT / "var"
DEFAULT_PORT_BASE: Final = 8000
HOST: Final = "127.0.0.1"

Listener = Literal[
    "dashboards",
    "collector",
    "shop",
    "stripe",
    "mail",
    "smtp",
    "kafka",
    "kafka-controller",
    "clickhouse",
    "clickhouse-http",
]
LISTENERS: Final[tuple[Listener, ...]] = (
    "dashboards",
    "collector",
    "shop",
    "stripe",
    "mail",
    "smtp",
    "kafka",
    "kafka-controller",
    "clickhouse",
    "clickhouse-http",
)
"""In the order of their ports, the first at the port base."""

Secret = Literal["clickhouse-writer", "clickhouse-analyst", "stripe-key"]
PARTITIONS: Final = "8,4"  # of events and candidates; part of the keys' hashing, never changed


@dataclass(frozen=True, slots=True)
class Stack:
    """`data` is an absolute path; `port_base` the first of ten ports of loopback."""

    data: Path
    port_base: int = DEFAULT_PORT_BASE

    def port(self, listener: Listener) -> int:
        return self.port_base + LISTENERS.index(listener)

    def address(self, listener: Listener) -> str:
        return f"{HOST}:{self.port(listener)}"

    def url(self, listener: Listener) -> str:
        return f"http://{self.address(listener)}"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """Notes about the processes of the moment."""
        return self.data / "run"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def users(self) -> Path:
        """ClickHouse's users and their passwords."""
        return self.secrets / "clickhouse-users.json"

    @property
    def postgres(self) -> Cluster:
        return Cluster(self.data / "postgres", os.geteuid())

    def secret(self, name: Secret) -> str:
        """A secret of this stack; they are made when it first starts."""
        return (self.secrets / name).read_text().strip()

    def _clickhouse(self, user: Literal["writer", "analyst"]) -> str:
        password = self.secret("clickhouse-writer" if user == "writer" else "clickhouse-analyst")
        return f"clickhouse://{user}:{password}@{self.address('clickhouse')}/counterfoil"

    def environment(self) -> dict[str, str]:
        """What every room of this stack is told, beside where it listens itself."""
        return {
            "COUNTERFOIL_KAFKA": self.address("kafka"),
            "COUNTERFOIL_PARTITIONS": PARTITIONS,
            "COUNTERFOIL_CLICKHOUSE": self._clickhouse("writer"),
            "COUNTERFOIL_CLICKHOUSE_ANALYST": self._clickhouse("analyst"),
            "COUNTERFOIL_POSTGRES": self.postgres.url(),
            "COUNTERFOIL_KEYS": str(self.secrets / "keys.toml"),
            "COUNTERFOIL_STATE": str(self.data / "state"),
            "COUNTERFOIL_PUBLIC_URL": self.url("dashboards"),
            "COUNTERFOIL_COLLECTOR_URL": self.url("collector"),
            "COUNTERFOIL_STRIPE_KEY": self.secret("stripe-key"),
            "COUNTERFOIL_STRIPE_URL": self.url("stripe"),
            "COUNTERFOIL_SMTP": f"smtp://{self.address('smtp')}",
        }

    def mark(self) -> dict[str, str]:
        """What tells a service's process from any other process of this machine."""
        return {MARK: str(self.data)}


def inherited(caller: Mapping[str, str]) -> dict[str, str]:
    """What our programs keep of the caller's environment: all but variables of ours.

    The programs of our own virtual environment come first; caches stay inside the checkout, so an
    empty or closed home directory does no harm.
    """
    kept = {name: value for name, value in caller.items() if not name.startswith("COUNTERFOIL_")}
    programs = str(Path(sys.executable).parent)
    return kept | {
        "PATH": os.pathsep.join([programs, kept.get("PATH", os.defpath)]),
        "npm_config_cache": str(CACHE / "npm"),
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONSAFEPATH": "1",  # a folder of the caller's cannot stand in for one of ours
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
    }
