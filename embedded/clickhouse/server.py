"""The whole server: opens a data directory, listens, and stops cleanly when told to."""

import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import structlog

from embedded.clickhouse.chdb_connection import engine_version
from embedded.clickhouse.configuration import Withheld
from embedded.clickhouse.directory import Directory, accept_version, claimed
from embedded.clickhouse.engine import Engine
from embedded.clickhouse.failures import Failure
from embedded.clickhouse.http import HttpHandler
from embedded.clickhouse.listener import Listener
from embedded.clickhouse.native import NativeHandler
from embedded.clickhouse.sessions import Sessions
from embedded.clickhouse.users import load_users
from embedded.clickhouse.watch import Watch
from embedded.errors import StackError

GRACE_SECONDS = 20.0  # a running query may end; a supervisor should wait a little longer than this

log = structlog.get_logger()


def serve(
    data: Path,
    users: Path,
    *,
    port: int,
    http_port: int,
    host: str = "127.0.0.1",
    database: str = "counterfoil",
    withheld: Sequence[Withheld] = (),
    grace_seconds: float = GRACE_SECONDS,
) -> None:
    """Serves until SIGTERM or SIGINT; call it from the main thread of a process of its own.

    `data` is created if missing and belongs to this process until the end. `users` is a file of
    mode 0600: `{"name": ["password", "writer" or "analyst"]}`. Port 0 takes a free port; the log
    line `ready` names both. `withheld` columns are not granted to analysts.
    Raises StackError, before anything is listening, when it cannot start.
    """
    with claimed(data) as directory:
        known_users = load_users(users)
        accept_version(directory, engine_version())
        with (
            Listener(host, port, NativeHandler) as native,
            Listener(host, http_port, HttpHandler) as http,
        ):
            stopping = _stop_signals()
            engine = _open_engine(directory, database, withheld)
            watch = Watch(engine)
            sessions = Sessions(engine, known_users, watch)
            for listener in (native, http):
                listener.open(sessions)
            log.info("ready", host=host, port=native.port, http_port=http.port, data=str(data))
            stopping.wait()
            for listener in (native, http):
                listener.shut()
            sessions.see_out(grace_seconds)
            watch.stop()
            engine.close()
            log.info("stopped")


def _open_engine(directory: Directory, database: str, withheld: Sequence[Withheld]) -> Engine:
    try:
        return Engine(directory, database, withheld)
    except Failure as failure:
        raise StackError(f"ClickHouse cannot open {directory.root}: {failure.message}") from failure


def _stop_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    return stopping
