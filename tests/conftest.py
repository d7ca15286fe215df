"""Real engines for the tests, each started once, when the first test asks for it."""

import itertools
import signal
from collections.abc import Iterator

import psycopg
import pytest
from clickhouse_driver import Client

from embedded.data_directory import make_stack
from embedded.lifecycle import start, stop
from embedded.postgres.cluster import Cluster
from embedded.progress import Silence
from embedded.stack import Stack
from tests.engines import free_port_base, running_clickhouse, running_kafka, running_postgres

_numbers = itertools.count(1)


def pytest_configure() -> None:
    """A run that is asked to end stops its engines first."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole stack as `./counterfoil up` starts it; all tests share it and what it remembers."""
    made = make_stack(tmp_path_factory.mktemp("stack"), free_port_base())
    try:
        start(made, Silence())
        yield made
    finally:
        stop(made, Silence())


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker that all tests share: take topics and groups of your own."""
    with running_kafka(tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The server of all tests."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as cluster:
        yield cluster


@pytest.fixture
def postgres(postgres_server: Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database that only this test has."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(_address(postgres_server), autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}")
        yield postgres_server.url(name)
        session.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The writer's native URL of a server that all tests share, with its database `counterfoil`."""
    with running_clickhouse(tmp_path_factory.mktemp("clickhouse")) as url:
        yield url


@pytest.fixture
def clickhouse_database(clickhouse: str) -> Iterator[str]:
    """The writer's native URL of an empty database that only this test has."""
    name = f"test_{next(_numbers)}"
    with Client.from_url(clickhouse) as session:
        session.execute(f"CREATE DATABASE {name}")
        yield f"{clickhouse.rpartition('/')[0]}/{name}"
        session.execute(f"DROP DATABASE {name}")


def _address(cluster: Cluster) -> str:
    return cluster.url().replace("+psycopg", "", 1)
