"""Processes are ours by pid and birth, or by the mark in their environment."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.processes import MARK, Started, end, marked

SLEEP = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print(flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', sys.argv[1]],"
    " start_new_session=True); print(child.pid, flush=True); child.wait()"
)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as process:
        yield process
        process.kill()


def test_a_note_names_the_same_process_again(
    sleeper: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    started = Started.of(sleeper.pid)
    started.write(tmp_path / "note")
    assert Started.read(tmp_path / "note") == started
    assert started.alive()


def test_a_reused_pid_is_not_ours(sleeper: "subprocess.Popen[bytes]") -> None:
    earlier = Started(sleeper.pid, Started.of(sleeper.pid).born - 60)
    assert not earlier.alive()
    end([earlier], 1)
    assert sleeper.poll() is None


def test_a_torn_note_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("12")
    assert Started.read(tmp_path / "note") is None
    assert Started.read(tmp_path / "none") is None


def test_one_that_ignores_the_request_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        started = Started.of(process.pid)
        end([started], 0.3)
        assert not started.alive()


def test_a_family_includes_a_child_in_a_session_of_its_own() -> None:
    command = [sys.executable, "-c", PARENT, SLEEP]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = Started.of(int(parent.stdout.readline()))
        family = Started.of(parent.pid).family()
        assert child in family
        end(family, 5)
        assert not child.alive()


def test_an_orphan_is_found_by_the_mark_of_its_stack(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, SLEEP]
    mark = {MARK: str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | mark) as parent:
        assert parent.stdout is not None
        child = Started.of(int(parent.stdout.readline()))
        parent.kill()
    assert marked(tmp_path) == {child}
    assert marked(tmp_path / "other") == set()
    end(marked(tmp_path), 5)
    assert marked(tmp_path) == set()
