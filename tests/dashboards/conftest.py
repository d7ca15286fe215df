"""What the tests of the pages stand on."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dashboards.building import build
from dashboards.parts import Parts
from embedded.postgres.cluster import Cluster
from partnerships.keys import Keys, make_keys, read_keys
from tests.dashboards import example_month
from tests.dashboards.serving import parts_on, served
from warehouse.migrations import migrate
from warehouse.store import Store as Warehouse

_EXAMPLE = "example_month"


@pytest.fixture
def store(clickhouse_database: str) -> Iterator[Warehouse]:
    """The warehouse of this test alone, its tables empty."""
    with Warehouse(clickhouse_database) as warehouse:
        migrate(warehouse)
        yield warehouse


@pytest.fixture(scope="session")
def front_end() -> None:
    """The pages' scripts and styles, built as anybody builds them."""
    build(os.environ)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The secrets of one installation."""
    path: Path = tmp_path_factory.mktemp("keys") / "keys.toml"
    make_keys(path)
    return read_keys(path)


@pytest.fixture(scope="session")
def month(
    postgres_server: Cluster, clickhouse: str, keys: Keys, front_end: None
) -> Iterator[Parts]:
    """The example month, to be read only, as of Thu 12 Nov 2026, 14:20 CET."""
    address = postgres_server.url().replace("+psycopg", "", 1)
    with (
        psycopg.connect(address, autocommit=True) as session,
        Warehouse(clickhouse) as server,
    ):
        session.execute(f"CREATE DATABASE {_EXAMPLE}")
        server.execute(f"CREATE DATABASE {_EXAMPLE}")
        postgres = postgres_server.url(_EXAMPLE)
        warehouse = f"{clickhouse.rpartition('/')[0]}/{_EXAMPLE}"
        example_month.fill(postgres, warehouse, keys.network)
        with parts_on(postgres, warehouse, keys) as parts:
            yield parts
        server.execute(f"DROP DATABASE {_EXAMPLE}")
        session.execute(f"DROP DATABASE {_EXAMPLE} WITH (FORCE)")


@pytest.fixture(scope="session")
def pages(month: Parts) -> Iterator[str]:
    """Where the example month's pages answer."""
    with served(month) as url:
        yield url
