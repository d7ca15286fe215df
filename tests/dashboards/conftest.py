"""What the tests of the pages stand on."""

from collections.abc import Iterator

import pytest

from warehouse.migrations import migrate
from warehouse.store import Store as Warehouse


@pytest.fixture
def store(clickhouse_database: str) -> Iterator[Warehouse]:
    """The warehouse of this test alone, its tables empty."""
    with Warehouse(clickhouse_database) as warehouse:
        migrate(warehouse)
        yield warehouse
