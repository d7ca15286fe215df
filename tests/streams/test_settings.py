"""Every wrong variable is named at once, with an example of what it should look like."""

from pathlib import Path

import pytest

from ingest.events import Partitions
from streams.settings import Settings, SettingsError


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_env(
        {
            "COUNTERFOIL_KAFKA": "127.0.0.1:8006, broker2:9092",
            "COUNTERFOIL_PARTITIONS": "16,8",
            "COUNTERFOIL_KEYS": "/keys.toml",
            "COUNTERFOIL_STATE": "/state",
        }
    )
    assert settings.kafka == ("127.0.0.1:8006", "broker2:9092")
    assert settings.partitions == Partitions(events=16, candidates=8)
    assert (settings.keys, settings.state) == (Path("/keys.toml"), Path("/state"))


def test_partitions_keys_and_state_have_defaults() -> None:
    settings = Settings.from_env({"COUNTERFOIL_KAFKA": "127.0.0.1:8006"})
    assert settings.partitions == Partitions(events=8, candidates=4)


def test_all_wrong_variables_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"COUNTERFOIL_KAFKA": "broker", "COUNTERFOIL_PARTITIONS": "8"})
    lines = str(caught.value).split("\n")
    assert lines == [
        "COUNTERFOIL_KAFKA is 'broker'; it should look like 127.0.0.1:8006",
        "COUNTERFOIL_PARTITIONS is '8'; it should look like 8,4",
    ]


def test_missing_kafka_is_an_error() -> None:
    with pytest.raises(SettingsError, match="COUNTERFOIL_KAFKA is not set"):
        Settings.from_env({})


@pytest.mark.parametrize("text", ["0,4", "8,0", "8,4,2", "many"])
def test_partitions_must_be_two_counts(text: str) -> None:
    with pytest.raises(SettingsError, match="COUNTERFOIL_PARTITIONS"):
        Settings.from_env({"COUNTERFOIL_KAFKA": "a:1", "COUNTERFOIL_PARTITIONS": text})
