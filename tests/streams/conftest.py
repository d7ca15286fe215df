"""A Kafka for workers alone: the names of their topics are fixed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnerships.keys import make_keys
from tests.engines import running_kafka
from tests.streams.installation import PARTITIONS, Installation


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Topics, keys and a catalog; the tests that use it add to the same logs."""
    folder = tmp_path_factory.mktemp("installation")
    with running_kafka(tmp_path_factory.mktemp("kafka")) as address:
        environment = {
            **os.environ,
            "COUNTERFOIL_KAFKA": address,
            "COUNTERFOIL_PARTITIONS": f"{PARTITIONS.events},{PARTITIONS.candidates}",
            "COUNTERFOIL_KEYS": str(folder / "keys.toml"),
            "COUNTERFOIL_STATE": str(folder / "state"),
        }
        make_keys(Path(environment["COUNTERFOIL_KEYS"]))
        subprocess.run([sys.executable, "-m", "ingest", "topics"], env=environment, check=True)
        made = Installation(address, folder, environment)
        try:
            made.publish_catalog()
            yield made
        finally:
            made.close()
