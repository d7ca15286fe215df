"""The commands say what they did, end with the right code, and explain what is wrong."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from partnerships.__main__ import partnerships
from tests.engines import free_ports
from tests.partnerships.files import SHOP


class Room:
    """Runs commands of the room as an operator does."""

    def __init__(self, folder: Path, postgres: str) -> None:
        self.folder = folder
        self.environment: dict[str, str | None] = {
            "COUNTERFOIL_POSTGRES": postgres,
            "COUNTERFOIL_KEYS": str(folder / "keys.toml"),
            "COUNTERFOIL_KAFKA": None,
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner(env=self.environment).invoke(partnerships, arguments)


@pytest.fixture
def room(tmp_path: Path, postgres: str) -> Iterator[Room]:
    yield Room(tmp_path, postgres)
    # The commands let the logs go to a stream that ends with them.
    structlog.reset_defaults()


def test_an_installation_is_set_up_and_applied_by_commands(room: Room) -> None:
    file = room.folder / "partnerships.toml"
    file.write_text(SHOP.replace('"gravel01"', '"{code}"'))
    early = room.run("apply", str(file), "--set", "code=gravel01")
    assert early.exit_code == 1
    assert "Make it with: partnerships keys" in early.stderr
    assert room.run("keys").stdout.startswith("created ")
    assert room.run("keys").stdout.startswith("unchanged ")
    unmigrated = room.run("apply", str(file), "--set", "code=gravel01")
    assert "Run: partnerships migrate" in unmigrated.stderr
    assert room.run("migrate").exit_code == 0
    shown = room.run("apply", str(file), "--set", "code=gravel01")
    assert "created    agreements deal" in shown.stdout
    again = json.loads(room.run("apply", str(file), "--set", "code=gravel01", "--json").stdout)
    assert {change["outcome"] for change in again["changes"]} == {"unchanged"}
    assert again["sequence"] > 0
    secret = room.folder / "import"
    grants = [
        room.run("grant", "--account", "bikes", "--scope", "import", "--secret-file", str(secret))
        for _ in range(2)
    ]
    assert [grant.stdout.partition(" ")[0] for grant in grants] == ["created", "unchanged"]


def test_a_refused_file_is_told_problem_by_problem(room: Room) -> None:
    file = room.folder / "partnerships.toml"
    file.write_text(SHOP.replace('"gravel01"', '"abc"').replace('"12.00"', '"-1"'))
    room.run("keys")
    room.run("migrate")
    refused = room.run("apply", str(file), "--json")
    assert refused.exit_code == 1
    [price, code] = json.loads(refused.stdout)["problems"]
    assert (price["table"], price["index"], price["id"], price["field"]) == (
        *("agreements", 1, "deal", "price"),
    )
    assert code["message"] == "should be 4 to 32 letters, digits, - or _"
    assert refused.stderr.endswith("Nothing was applied: 2 problems.\n")


def test_a_wrong_use_says_what_to_do(room: Room) -> None:
    assert room.run("apply").exit_code == 2
    file = room.folder / "partnerships.toml"
    file.write_text(SHOP)
    assert "should be NAME=VALUE" in room.run("apply", str(file), "--set", "x").stderr
    room.environment["COUNTERFOIL_POSTGRES"] = None
    missing = room.run("announce")
    assert missing.exit_code == 1
    assert "COUNTERFOIL_POSTGRES is not set" in missing.stderr
    assert "COUNTERFOIL_KAFKA is not set" in missing.stderr


def test_the_announcer_waits_for_its_engines_and_ends_when_told(room: Room) -> None:
    environment = {k: v for k, v in room.environment.items() if v}
    environment["COUNTERFOIL_KAFKA"] = f"127.0.0.1:{free_ports(1)[0]}"
    process = subprocess.Popen(
        [sys.executable, "-m", "partnerships", "announce"],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert "event='waiting' cause=" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
