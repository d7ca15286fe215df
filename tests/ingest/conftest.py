"""A broker of ingest's own, with its topics and a catalog, and a collector on it."""

from collections.abc import Iterator

import httpx
import pytest

from partnerships.keys import Keys, read_keys
from tests.engines import running_kafka
from tests.ingest.builders import BROWSER, records
from tests.ingest.running import (
    RunningCollector,
    keys_file,
    make_topics,
    publish,
    running_collector,
)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Kafka whose topics are those of an installation."""
    with running_kafka(tmp_path_factory.mktemp("broker")) as address:
        made = make_topics(address)
        assert made.returncode == 0, made.stderr
        yield address


@pytest.fixture(scope="session")
def installation_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The keys of every collector of these tests."""
    return read_keys(keys_file(tmp_path_factory.mktemp("keys")))


@pytest.fixture(scope="session")
def collector(
    broker: str, installation_keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCollector]:
    """A collector that is ready and knows the catalog of the builders."""
    publish(broker, records(installation_keys))
    with running_collector(broker, tmp_path_factory.mktemp("collector")) as running:
        yield running


@pytest.fixture
def http(collector: RunningCollector) -> Iterator[httpx.Client]:
    """A browser's client of that collector."""
    with httpx.Client(base_url=collector.url, headers={"user-agent": BROWSER}) as client:
        yield client
