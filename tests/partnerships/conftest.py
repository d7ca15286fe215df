"""A store of its own for each test that asks for one."""

from collections.abc import Iterator

import pytest

from partnerships.store.schema import migrate
from partnerships.store.store import Store


@pytest.fixture
def store(postgres: str) -> Iterator[Store]:
    store = Store(postgres)
    migrate(store.engine)
    yield store
    store.close()
