"""Settings are read at once, and every error names its variable."""

import pytest

from ingest.events import Partitions
from ingest.settings import Settings, SettingsError


def test_kafka_alone_is_enough() -> None:
    settings = Settings.from_env({"COUNTERFOIL_KAFKA": "a:1,b:2"})
    assert settings.kafka == ("a:1", "b:2")
    assert settings.partitions == Partitions(events=8, candidates=4)
    assert settings.listen == ("127.0.0.1", 8001)


def test_every_wrong_variable_is_named_with_an_example() -> None:
    wrong = {
        "COUNTERFOIL_PARTITIONS": "8",
        "COUNTERFOIL_LISTEN": "8001",
        "COUNTERFOIL_REPLICATION": "0",
    }
    with pytest.raises(SettingsError) as error:
        Settings.from_env(wrong)
    text = str(error.value)
    assert all(name in text for name in (*wrong, "COUNTERFOIL_KAFKA"))
    assert text.count("should look like") == 4


@pytest.mark.parametrize("address", ["", ":1", "a:", "a:x", "a:70000", "a:-1"])
def test_an_address_is_host_and_port(address: str) -> None:
    with pytest.raises(SettingsError):
        Settings.from_env({"COUNTERFOIL_KAFKA": address})
