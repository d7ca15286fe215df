"""A ClickHouse server of its own for a test: started, spoken to, killed, started again."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clickhouse_driver import Client

PATIENCE_SECONDS = 120  # on a machine that is busy with everything else
PASSWORDS = {"writer": "writer-secret", "analyst": "analyst-secret"}
READY = re.compile(r"event=ready .*port=(\d+) http_port=(\d+)")


class ClickHouseProcess:
    """`python -m embedded.clickhouse` in a directory of the test."""

    def __init__(self, directory: Path, *options: str, environment: dict[str, str] | None = None):
        self.data = directory / "data"
        self.users = directory / "users.json"
        self.log = directory / "clickhouse.log"
        self.port = self.http_port = 0
        self._options = options
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.users.touch(mode=0o600)
        self.users.write_text(json.dumps({role: [PASSWORDS[role], role] for role in PASSWORDS}))

    @property
    def command(self) -> list[str]:
        module = [sys.executable, "-m", "embedded.clickhouse"]
        places = ["--data", str(self.data), "--users", str(self.users)]
        return [*module, *places, "--port", "0", "--http-port", "0", *self._options]

    def start(self) -> None:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(self.command, stderr=log, env=self._environment)
        wait_for(self._is_ready)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """The exit code."""
        assert self._process is not None
        return self._process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.wait()

    def client(self, role: str = "writer", **options: Any) -> Client:
        signing_in = {"user": role, "password": PASSWORDS[role], "database": "counterfoil"}
        return Client("127.0.0.1", self.port, **(signing_in | options))

    def curl(self, *arguments: str, role: str = "writer", path: str = "/") -> tuple[int, str]:
        """The status and the body of the answer."""
        address = f"http://127.0.0.1:{self.http_port}{path}"
        credentials = ["--user", f"{role}:{PASSWORDS[role]}"]
        curl = ["curl", "--silent", "--write-out", "\n%{http_code}", *credentials]
        done = subprocess.run(
            [*curl, *arguments, address], check=True, capture_output=True, timeout=PATIENCE_SECONDS
        )
        body, _, status = done.stdout.decode().rpartition("\n")
        return int(status), body

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        found = READY.search(self.log.read_text())
        if found:
            self.port, self.http_port = int(found[1]), int(found[2])
        return found is not None


@contextmanager
def running(directory: Path, *options: str) -> Iterator[ClickHouseProcess]:
    server = ClickHouseProcess(directory, *options)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS} s in vain"
        time.sleep(0.02)
