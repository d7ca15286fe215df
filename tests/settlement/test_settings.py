"""Every setting that is wrong is said, at once, with what it should look like."""

import pytest

from settlement.crash_points import Point
from settlement.settings import Name, Settings, SettingsError

RIGHT = {
    "COUNTERFOIL_POSTGRES": "postgresql+psycopg://postgres@/counterfoil?host=/tmp",
    "COUNTERFOIL_CLICKHOUSE": "clickhouse://writer:secret@127.0.0.1:8008/counterfoil",
    "COUNTERFOIL_STRIPE_KEY": "sk_test_1",
    "COUNTERFOIL_STRIPE_URL": "http://127.0.0.1:8003",
    "COUNTERFOIL_PARTITIONS": "16,8",
}
ALL: tuple[Name, ...] = ("postgres", "clickhouse", "stripe")


def test_right_settings_are_read() -> None:
    settings = Settings.from_env(RIGHT, ALL)
    assert settings.candidate_partitions == 8
    assert settings.stripe_url == "http://127.0.0.1:8003"
    assert settings.crash_at is None


def test_nothing_is_asked_for_that_a_command_does_not_need() -> None:
    assert Settings.from_env({}, ()).candidate_partitions == 4


def test_every_missing_variable_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({}, ALL)
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUNTERFOIL_POSTGRES", "mysql://root@/counterfoil"),
        ("COUNTERFOIL_CLICKHOUSE", "http://127.0.0.1:8009"),
        ("COUNTERFOIL_STRIPE_URL", "127.0.0.1:8003"),
        ("COUNTERFOIL_STRIPE_KEY", "sk_live_1"),
        ("COUNTERFOIL_PARTITIONS", "8"),
        ("COUNTERFOIL_PARTITIONS", "8,x"),
        ("COUNTERFOIL_CRASH_AT", "nowhere"),
    ],
)
def test_a_malformed_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**RIGHT, name: value}, ALL)


def test_a_live_key_needs_stripe_itself() -> None:
    live = {**RIGHT, "COUNTERFOIL_STRIPE_KEY": "sk_live_1", "COUNTERFOIL_STRIPE_URL": ""}
    assert Settings.from_env(live, ALL).stripe_url == ""


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings.from_env(RIGHT, ALL))
    assert "secret" not in shown
    assert "sk_test" not in shown


def test_a_crash_point_is_known_by_its_name() -> None:
    named = {**RIGHT, "COUNTERFOIL_CRASH_AT": "day-stated"}
    assert Settings.from_env(named, ALL).crash_at is Point.DAY_STATED
