"""What a person types: help that explains, refusals that say what to do, right exit codes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from embedded.__main__ import main
from embedded.cli.options import Group
from embedded.data_directory import make_stack
from embedded.lifecycle import start, stop
from embedded.progress import Silence
from embedded.stack import CHECKOUT, Stack
from tests.engines import ENGINES_ONLY, free_port_base

OK, FAILED, WRONG_USE = 0, 1, 2
TIMEOUT_SECONDS = 120
STACK_COMMANDS = ("up", "down", "status", "logs", "apply", "settle", "explain", "sql")


def counterfoil(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "embedded", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_explains_itself(command: str) -> None:
    shown = counterfoil(command, "--help")
    assert shown.returncode == OK
    assert f"Usage: ./counterfoil {command}" in shown.stdout
    if command in STACK_COMMANDS:
        assert "--data DIR" in shown.stdout
        assert "--port-base N" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["upp"], "No such command 'upp'"),
        (["up", "--port-base", "many"], "--port-base"),
        (["apply"], "Missing argument 'FILE'"),
        (["apply", "no-such-file.toml"], "no-such-file.toml"),
        (["settle", "guess"], "'plan', 'apply'"),
        (["explain"], "Missing argument 'ID'"),
        (["bench", "no-such"], "no benchmark 'no-such'"),
    ],
)
def test_wrong_use_says_what_is_right(arguments: list[str], told: str) -> None:
    done = counterfoil(*arguments)
    assert done.returncode == WRONG_USE
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["status"], ["down"], ["logs"], ["sql", "select 1"]])
def test_where_no_stack_was_ever_the_first_command_is_named(
    command: list[str], tmp_path: Path
) -> None:
    done = counterfoil(*command, "--data", str(tmp_path / "none"))
    assert done.returncode == FAILED
    assert "./counterfoil up" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_rooms_command_needs_a_stack_that_is_up(tmp_path: Path) -> None:
    stack = make_stack(tmp_path, free_port_base())
    done = counterfoil("explain", "ch_1", "--data", str(stack.data))
    assert done.returncode == FAILED
    assert f"not up: run ./counterfoil up --data {stack.data} first" in done.stderr


def test_other_ports_than_the_remembered_are_wrong_use(tmp_path: Path) -> None:
    stack = make_stack(tmp_path, free_port_base())
    done = counterfoil("status", "--data", str(stack.data), "--port-base", "9000")
    assert done.returncode == WRONG_USE
    assert str(stack.port_base) in done.stderr


def test_data_of_another_version_fails_in_words(tmp_path: Path) -> None:
    (tmp_path / "stack.toml").write_text("version = 99\nport_base = 8000\n")
    done = counterfoil("up", "--data", str(tmp_path))
    assert done.returncode == FAILED
    assert "another version" in done.stderr


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = make_stack(tmp_path_factory.mktemp("cli"), free_port_base())
    start(stack, Silence(), ENGINES_ONLY)
    yield stack
    stop(stack, Silence())


def test_status_is_one_json_object(engines: Stack) -> None:
    done = counterfoil("status", "--json", "--data", str(engines.data))
    told = json.loads(done.stdout)
    assert done.returncode == OK
    assert told["up"] is True
    assert told["port_base"] == engines.port_base
    for service in told["services"]:
        assert service["state"] == "running"
        assert service["ready"] is True
        assert service["pid"] > 0


def test_status_for_a_person_names_each_service(engines: Stack) -> None:
    shown = counterfoil("status", "--data", str(engines.data)).stdout
    for name in ("kafka", "postgres", "clickhouse"):
        assert name in shown


def test_logs_of_one_service_are_its_own(engines: Stack) -> None:
    shown = counterfoil("logs", "postgres", "--data", str(engines.data)).stdout
    assert "ready to accept connections" in shown
    assert "postgres |" not in shown


def test_logs_of_all_say_whose_each_line_is(engines: Stack) -> None:
    shown = counterfoil("logs", "--data", str(engines.data)).stdout
    assert "postgres    | " in shown
    assert "kafka       | " in shown


def test_logs_of_an_unknown_service_name_the_known(engines: Stack) -> None:
    done = counterfoil("logs", "postgress", "--data", str(engines.data))
    assert done.returncode == FAILED
    assert "kafka, postgres" in done.stderr


def test_down_says_whether_there_was_anything(engines: Stack) -> None:
    first = counterfoil("down", "--json", "--data", str(engines.data))
    second = counterfoil("down", "--data", str(engines.data))
    assert json.loads(first.stdout) == {"stopped": True}
    assert second.stdout == "The stack was not up.\n"
    assert first.returncode == second.returncode == OK
    shown = counterfoil("status", "--json", "--data", str(engines.data))
    assert shown.returncode == FAILED
    assert json.loads(shown.stdout)["up"] is False


def test_a_full_disk_is_told_in_words() -> None:
    @click.command()
    def write() -> None:
        Path("/dev/full").write_text("more")

    done = CliRunner().invoke(Group(commands=[write]), ["write"])
    assert done.exit_code == FAILED
    assert "the disk is full" in done.output
