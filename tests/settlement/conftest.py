"""A small installation for each test of the room."""

from collections.abc import Iterator

import pytest

from tests.settlement import world as worlds
from tests.settlement.world import World


@pytest.fixture
def world(postgres: str, clickhouse_database: str) -> Iterator[World]:
    """Bikes pays by card; gravel, slow, city and forum take transfers."""
    with worlds.stores(postgres, clickhouse_database) as (engine, store):
        yield worlds.world(engine, store)
