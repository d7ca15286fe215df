"""The one script: it says what is missing, makes the environment once, and becomes the command."""

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedded.stack import CHECKOUT

TIMEOUT_SECONDS = 60
PRETENDED = "import runpy, sys; sys.version_info = ({}, 'final', 0); sys.argv = sys.argv[1:];"
WITHOUT = "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = sys.argv[1:];"
RUN = " runpy.run_path(sys.argv[0], run_name='__main__')"
# Stands where the environment's Python would be, and tells what it was asked to run.
ECHO = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of which nothing is installed yet."""
    for name in ("counterfoil", "uv.lock"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    return tmp_path


def run(
    checkout: Path, *arguments: str, code: str = "", environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    script = ["-c", code + RUN] if code else []
    return subprocess.run(
        [sys.executable, *script, str(checkout / "counterfoil"), *arguments],
        env={"PATH": "/nonexistent"} | (environment or {}),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def pretend_made(checkout: Path) -> None:
    """An environment made from this lock file, with a Python that only tells its arguments."""
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(ECHO)
    python.chmod(0o755)
    version = re.search(r'^UV = "(.+)"$', (checkout / "counterfoil").read_text(), re.M)
    assert version is not None
    made_from = (checkout / "uv.lock").read_bytes() + version[1].encode()
    (checkout / ".venv" / "counterfoil-lock").write_text(hashlib.sha256(made_from).hexdigest())


def test_an_old_python_says_which_one_is_needed(checkout: Path) -> None:
    done = run(checkout, "up", code=PRETENDED.format("3, 9, 2"))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "is 3.9" in done.stderr


def test_an_old_python_hands_over_to_a_newer_one_of_the_machine(checkout: Path) -> None:
    pretend_made(checkout)
    programs = checkout / "programs"
    programs.mkdir()
    (programs / "python3.11").symlink_to(sys.executable)
    path = {"PATH": str(programs)}
    done = run(checkout, "status", code=PRETENDED.format("3, 9, 2"), environment=path)
    assert done.stdout.split() == ["-m", "embedded", "status"]


def test_a_python_without_its_venv_module_says_what_to_install(checkout: Path) -> None:
    done = run(checkout, "up", code=WITHOUT)
    assert done.returncode == 1
    assert "without its module ensurepip" in done.stderr
    assert f"apt-get install python3.{sys.version_info[1]}-venv" in done.stderr


def test_no_way_to_the_registry_says_what_to_check(checkout: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    done = run(checkout, "up", environment=nowhere)
    assert done.returncode == 1
    assert "Check the way to the package registry" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_made_environment_is_used_at_once_with_all_arguments(checkout: Path) -> None:
    pretend_made(checkout)
    done = run(checkout, "sql", "select 1", "--data", "some where")
    assert done.stdout.splitlines() == ["-m", "embedded", "sql", "select 1", "--data", "some where"]
    assert done.stderr == ""


def test_another_lock_file_makes_the_environment_anew(checkout: Path) -> None:
    pretend_made(checkout)
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("# changed\n")
    done = run(checkout, "status", code=WITHOUT)
    assert "without its module ensurepip" in done.stderr


def test_a_second_run_waits_for_the_first_and_uses_what_it_made(checkout: Path) -> None:
    (checkout / ".cache").mkdir()
    words = checkout / "words"
    with (checkout / ".cache" / "bootstrap.lock").open("w") as lock, words.open("wb") as output:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, str(checkout / "counterfoil"), "status"]
        with subprocess.Popen(command, env={}, stdout=output, stderr=output) as second:
            while "waiting for it" not in words.read_text():
                assert second.poll() is None, words.read_text()
                time.sleep(0.05)
            pretend_made(checkout)
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert second.wait(TIMEOUT_SECONDS) == 0
    assert words.read_text().endswith("-m\nembedded\nstatus\n")


def test_one_set_of_certificates_serves_pip_uv_and_the_rest(checkout: Path) -> None:
    pretend_made(checkout)
    (checkout / ".venv" / "bin" / "python").write_text("#!/bin/sh\n/usr/bin/env\n")
    shown = run(checkout, environment={"PIP_CERT": "/etc/company.pem"}).stdout.splitlines()
    for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        assert f"{name}=/etc/company.pem" in shown


def test_nothing_is_kept_outside_the_checkout(checkout: Path) -> None:
    pretend_made(checkout)
    (checkout / ".venv" / "bin" / "python").write_text("#!/bin/sh\n/usr/bin/env\n")
    leading_out = {"PIP_TARGET": "/elsewhere", "UV_PROJECT_ENVIRONMENT": "/elsewhere"}
    shown = run(checkout, environment=leading_out).stdout
    assert "/elsewhere" not in shown
    assert f"PIP_CACHE_DIR={checkout}/.cache/pip" in shown
    assert f"UV_CACHE_DIR={checkout}/.cache/uv" in shown


def test_a_checkout_that_cannot_be_written_is_told(checkout: Path) -> None:
    (checkout / ".cache").touch()
    done = run(checkout, "up")
    assert "cannot be written" in done.stderr
