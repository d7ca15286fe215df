"""Settings say every mistake at once, and never repeat a password."""

from pathlib import Path

import pytest

from partnerships.settings import Settings, SettingsError

RIGHT = {
    "COUNTERFOIL_POSTGRES": "postgresql+psycopg://postgres@/counterfoil?host=/run/pg",
    "COUNTERFOIL_KAFKA": "127.0.0.1:8006, broker-2:9092",
    "COUNTERFOIL_KEYS": "/var/keys.toml",
}


def test_settings_are_read() -> None:
    settings = Settings.from_env(RIGHT, ("postgres", "kafka", "keys"))
    assert settings.kafka == ("127.0.0.1:8006", "broker-2:9092")
    assert settings.keys == Path("/var/keys.toml")
    assert settings.postgres.startswith("postgresql+psycopg://")


def test_all_that_is_missing_is_said_at_once_and_only_that() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({}, ("postgres", "kafka"))
    first, second = str(caught.value).splitlines()
    assert first.startswith("COUNTERFOIL_POSTGRES is not set: it should look like postgresql+")
    assert second.startswith("COUNTERFOIL_KAFKA is not set: it should look like 127.0.0.1:8006")


def test_what_is_malformed_is_said_without_repeating_it() -> None:
    wrong = {"COUNTERFOIL_POSTGRES": "mysql://me:hush@x/y", "COUNTERFOIL_KAFKA": "hush"}
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(wrong, ())
    assert len(str(caught.value).splitlines()) == 2
    assert "hush" not in str(caught.value)
    assert "hush" not in repr(Settings("postgresql+psycopg://me:hush@x/y"))
