"""The pages' application as a test runs it: real parts, a clock that stands still, loopback."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboards.app import create_app
from dashboards.built import read_built
from dashboards.parts import Parts
from dashboards.server import Server
from dashboards.settings import Settings
from partnerships import Store as Partnerships
from partnerships.keys import Keys
from settlement.statements import Statements
from tests.dashboards.example import NOW_MS
from warehouse.store import Store as Warehouse


@contextmanager
def parts_on(
    postgres: str,
    clickhouse: str,
    keys: Keys,
    *,
    now_ms: int = NOW_MS,
    partitions: int = 2,
    public_url: str = "http://127.0.0.1:8000",
) -> Iterator[Parts]:
    """The parts of the room over these databases."""
    settings = Settings(
        listen=("127.0.0.1", 0),
        postgres=postgres,
        clickhouse=clickhouse,
        keys=Path(),
        public_url=public_url,
        collector_url="https://c.example.com",
        practice=True,
        partitions=partitions,
    )
    partnerships = Partnerships(postgres)
    with Warehouse(clickhouse) as warehouse:
        yield Parts(
            settings=settings,
            keys=keys,
            partnerships=partnerships,
            warehouse=warehouse,
            statements=Statements.at(postgres),
            built=read_built(),
            now_ms=lambda: now_ms,
        )
    partnerships.close()


class _ThreadServer(Server):
    """Signals belong to the test run's main thread."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def served(parts: Parts) -> Iterator[str]:
    """The application on a free port; yields where it answers."""
    app = create_app(parts)
    server = _ThreadServer(app, app.state.closing)
    listener = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(
        target=loop.run_until_complete, args=(server.serve([listener]),), daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(20)
        assert not thread.is_alive(), "the server did not end"
        loop.close()
