"""One value, data directory and port base, decides everything of a stack."""

import configparser
import json
import stat
from pathlib import Path

import pytest

from embedded.secrets import make_secrets
from embedded.services import SERVICES, service_named
from embedded.stack import LISTENERS, Stack, inherited
from embedded.supervisor_file import supervisor_file, supervisor_socket


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    made = Stack(tmp_path, 9100)
    make_secrets(made)
    return made


def test_ports_follow_the_base_in_the_published_order(stack: Stack) -> None:
    ports = [stack.port(listener) for listener in LISTENERS]
    assert ports == list(range(9100, 9110))
    assert stack.port("dashboards") == 9100
    assert stack.port("smtp") == 9105
    assert stack.port("clickhouse-http") == 9109


def test_two_stacks_share_no_port_and_no_file(stack: Stack, tmp_path: Path) -> None:
    other = Stack(tmp_path / "other", 9110)
    other.data.mkdir()
    make_secrets(other)
    told, told_other = stack.environment(), other.environment()
    shared = {name for name in told if told[name] == told_other[name]}
    assert shared == {"COUNTERFOIL_PARTITIONS"}


def test_rooms_are_told_the_names_that_production_uses(stack: Stack) -> None:
    told = service_named("ingest").environment(stack)
    assert told["COUNTERFOIL_KAFKA"] == "127.0.0.1:9106"
    assert told["COUNTERFOIL_LISTEN"] == "127.0.0.1:9101"
    assert told["COUNTERFOIL_SMTP"] == "smtp://127.0.0.1:9105"
    assert told["COUNTERFOIL_CLICKHOUSE"].endswith("@127.0.0.1:9108/counterfoil")
    assert told["COUNTERFOIL_POSTGRES"] == stack.postgres.url()


def test_engines_are_not_told_secrets_of_rooms(stack: Stack) -> None:
    assert service_named("shop").environment(stack) == {"COUNTERFOIL_STACK": str(stack.data)}


def test_the_callers_own_counterfoil_variables_reach_no_service() -> None:
    kept = inherited({"COUNTERFOIL_KAFKA": "elsewhere:9092", "LANG": "C.UTF-8", "PATH": "/bin"})
    assert "COUNTERFOIL_KAFKA" not in kept
    assert kept["LANG"] == "C.UTF-8"
    assert kept["PATH"].endswith(":/bin")


def test_secrets_are_for_their_owner_alone_and_never_change(stack: Stack) -> None:
    before = {file.name: file.read_text() for file in stack.secrets.iterdir()}
    make_secrets(stack)
    assert {file.name: file.read_text() for file in stack.secrets.iterdir()} == before
    assert stat.S_IMODE(stack.secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in stack.secrets.iterdir()} == {0o600}
    assert len({text.strip() for text in before.values()}) == len(before)


def test_clickhouse_knows_the_users_that_rooms_sign_in_as(stack: Stack) -> None:
    users = json.loads(stack.users.read_text())
    assert users["writer"] == [stack.secret("clickhouse-writer"), "writer"]
    assert users["analyst"] == [stack.secret("clickhouse-analyst"), "analyst"]


def test_supervisord_restarts_every_service_for_ever_and_rotates_its_log(stack: Stack) -> None:
    parsed = configparser.ConfigParser()
    parsed.read_string(supervisor_file(stack, SERVICES))
    for service in SERVICES:
        program = parsed[f"program:{service.name}"]
        assert program["autorestart"] == "true"
        assert int(program["startretries"]) >= 1_000_000
        assert program["stdout_logfile"] == str(stack.logs / f"{service.name}.log")
        assert int(program["stdout_logfile_backups"]) > 0
    assert parsed["program:postgres"]["stopsignal"] == "INT"


def test_supervisords_file_holds_no_secret(stack: Stack) -> None:
    text = supervisor_file(stack, SERVICES)
    for file in stack.secrets.iterdir():
        assert file.read_text().strip() not in text


def test_a_percent_sign_in_the_path_is_no_expansion(tmp_path: Path) -> None:
    parsed = configparser.ConfigParser()
    parsed.read_string(supervisor_file(Stack(tmp_path / "50%"), SERVICES))
    assert parsed["supervisord"]["logfile"] == str(tmp_path / "50%/logs/supervisord.log")


def test_socket_paths_are_short_and_known_beforehand(tmp_path: Path) -> None:
    deep = Stack(tmp_path.joinpath(*["deep"] * 30))
    for directory in (supervisor_socket(deep).parent, deep.postgres.sockets):
        assert len(str(directory)) < 60
        assert directory.parent == Path("/tmp")
    assert supervisor_socket(deep) != supervisor_socket(Stack(deep.data / "other"))
    assert deep.postgres.sockets == Stack(deep.data).postgres.sockets
