import pytest

from warehouse.settings import Settings, SettingsError

URL = "clickhouse://writer:secret@127.0.0.1:8008/counterfoil"


def test_every_error_is_reported_at_once() -> None:
    environ = {"COUNTERFOIL_CLICKHOUSE": "http://127.0.0.1", "COUNTERFOIL_KAFKA": "nowhere"}
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(environ, {"clickhouse", "analyst", "kafka"})
    first, second, third = str(raised.value).splitlines()
    assert first.startswith("COUNTERFOIL_CLICKHOUSE is not an address of ClickHouse")
    assert second.startswith("COUNTERFOIL_CLICKHOUSE_ANALYST is not set")
    assert third.startswith("COUNTERFOIL_KAFKA names no broker")


def test_a_command_asks_only_for_what_it_needs() -> None:
    assert Settings.from_env({"COUNTERFOIL_CLICKHOUSE": URL}, {"clickhouse"}) == Settings(URL)


def test_what_is_not_needed_may_still_not_be_malformed() -> None:
    with pytest.raises(SettingsError, match="COUNTERFOIL_KAFKA"):
        Settings.from_env({"COUNTERFOIL_CLICKHOUSE": URL, "COUNTERFOIL_KAFKA": "x"}, {"clickhouse"})


def test_brokers_are_a_comma_list() -> None:
    settings = Settings.from_env({"COUNTERFOIL_KAFKA": "a:1, b:2"}, {"kafka"})
    assert settings.kafka == ("a:1", "b:2")


@pytest.mark.parametrize(
    "url",
    [
        "clickhouse://writer:secret@127.0.0.1:8008",
        "clickhouse://127.0.0.1:8008/counterfoil",
        "clickhouse://writer:secret@127.0.0.1:port/counterfoil",
        "postgresql://writer:secret@127.0.0.1:8008/counterfoil",
    ],
)
def test_a_malformed_address_is_named_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({"COUNTERFOIL_CLICKHOUSE": url}, {"clickhouse"})
    assert "writer:secret@" not in str(raised.value)


def test_settings_do_not_print_passwords() -> None:
    assert "secret" not in repr(Settings.from_env({"COUNTERFOIL_CLICKHOUSE": URL}, {"clickhouse"}))
