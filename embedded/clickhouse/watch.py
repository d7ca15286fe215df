"""While the engine works for a client, its Cancel packet or its hang-up kills the query."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator

import structlog

from embedded.clickhouse.engine import Engine
from embedded.clickhouse.failures import Failure
from embedded.clickhouse.packets import ClientPacket
from embedded.clickhouse.session import Session

LOOK_SECONDS = (
    0.1  # how long a query may outlive its client; a look at 100 sockets costs microseconds
)

log = structlog.get_logger()


class Watch:
    """One thread for all sessions; `stop` ends it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._working: set[Session] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_around, name="watch", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def over(self, session: Session) -> Iterator[None]:
        with self._lock:
            self._working.add(session)
        try:
            yield
        finally:
            self.leave(session)

    def leave(self, session: Session) -> None:
        """From here on its client's silence or words mean nothing for the running query."""
        with self._lock:
            self._working.discard(session)

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _look_around(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            with self._lock:
                for session in self._heard_from():
                    if self._is_done_with(session):
                        self._working.discard(session)

    def _is_done_with(self, session: Session) -> bool:
        """False when the query could not be killed; the next look tries again."""
        if not _wants_no_more(session.client):
            return True
        session.cancelled = True
        try:
            self._engine.kill(session.tag)
        except Failure as failure:
            log.warning("cannot kill a query", reason=failure.message)
            return False
        return True

    def _heard_from(self) -> list[Session]:
        poll = select.poll()
        sessions = {session.client.fileno(): session for session in self._working}
        for number in sessions:
            poll.register(number, select.POLLIN)
        return [sessions[number] for number, _event in poll.poll(0)] if sessions else []


def _wants_no_more(client: socket.socket) -> bool:
    """Peeks: anything but the end of the stream and Cancel is the next request, and can wait."""
    try:
        heard = client.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
    return heard in (b"", bytes([ClientPacket.CANCEL]))
