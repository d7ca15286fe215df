from pathlib import Path

import pytest

from dashboards.settings import Settings, SettingsError

GIVEN = {
    "COUNTERFOIL_POSTGRES": "postgresql+psycopg://counterfoil:SECRET@/counterfoil?host=/run/pg",
    "COUNTERFOIL_CLICKHOUSE": "clickhouse://writer:SECRET@127.0.0.1:8008/counterfoil",
    "COUNTERFOIL_KEYS": "/keys/keys.toml",
    "COUNTERFOIL_PUBLIC_URL": "https://pay.example.com/",
    "COUNTERFOIL_COLLECTOR_URL": "https://c.example.com",
}


def test_settings_of_an_installation() -> None:
    settings = Settings.from_env({**GIVEN, "COUNTERFOIL_PARTITIONS": "16,8"})
    assert settings.listen == ("127.0.0.1", 8000)
    assert (settings.public_url, settings.secure) == ("https://pay.example.com", True)
    assert (settings.keys, settings.partitions) == (Path("/keys/keys.toml"), 8)
    assert not settings.practice


def test_money_is_practice_while_stripe_is_the_built_in_one() -> None:
    practice = {**GIVEN, "COUNTERFOIL_STRIPE_URL": "http://127.0.0.1:8003"}
    assert Settings.from_env(practice).practice


def test_every_wrong_variable_is_named_at_once_and_no_secret_repeated() -> None:
    wrong = {
        "COUNTERFOIL_POSTGRES": "mysql://counterfoil:SECRET@host/db",
        "COUNTERFOIL_CLICKHOUSE": "SECRET",
        "COUNTERFOIL_LISTEN": "8000",
        "COUNTERFOIL_PARTITIONS": "eight",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(wrong)
    lines = str(caught.value).splitlines()
    assert [line.split()[0] for line in lines] == [
        "COUNTERFOIL_LISTEN",
        "COUNTERFOIL_POSTGRES",
        "COUNTERFOIL_CLICKHOUSE",
        "COUNTERFOIL_KEYS",
        "COUNTERFOIL_PUBLIC_URL",
        "COUNTERFOIL_COLLECTOR_URL",
        "COUNTERFOIL_PARTITIONS",
    ]
    assert all("it should look like" in line for line in lines)
    assert "mysql" not in str(caught.value)


def test_settings_never_show_passwords() -> None:
    assert "SECRET" not in repr(Settings.from_env(GIVEN))
