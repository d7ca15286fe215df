"""A ClickHouse that a test may kill and start again on the same port and data."""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from embedded.probes import http_answers
from tests.engines import free_ports
from warehouse.store import WITHHELD

START_SECONDS = 60


class ClickHouseProcess:
    """`url` is the writer's, `analyst` the analyst's."""

    def __init__(self, directory: Path) -> None:
        self._data = directory / "clickhouse"
        self._users = directory / "users.json"
        self._users.touch(mode=0o600)
        self._users.write_text(
            json.dumps({"writer": ["writing", "writer"], "analyst": ["reading", "analyst"]})
        )
        self._port, self._http_port = free_ports(2)
        self.url = f"clickhouse://writer:writing@127.0.0.1:{self._port}/counterfoil"
        self.analyst = f"clickhouse://analyst:reading@127.0.0.1:{self._port}/counterfoil"

    def start(self) -> None:
        """Returns when it answers."""
        withheld = [word for column in WITHHELD for word in ("--withhold", column)]
        arguments = ["--data", str(self._data), "--users", str(self._users), *withheld]
        ports = ["--port", str(self._port), "--http-port", str(self._http_port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "embedded.clickhouse", *arguments, *ports],
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not http_answers(f"http://127.0.0.1:{self._http_port}/ping"):
            assert self._process.poll() is None, "clickhouse ended"
            assert time.monotonic() < deadline, "clickhouse does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> "ClickHouseProcess":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
