"""A migrated database for each test that asks for one."""

from collections.abc import Iterator

import pytest

from warehouse.migrations import migrate
from warehouse.store import Store


@pytest.fixture
def store(clickhouse_database: str) -> Iterator[Store]:
    """The warehouse of this test alone, its tables empty."""
    with Store(clickhouse_database) as store:
        migrate(store)
        yield store
