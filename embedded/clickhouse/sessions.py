"""Who is in: signs clients in, keeps their number limited, and sees them out at the end."""

import contextlib
import socket
import threading
import time

from embedded.clickhouse.engine import Engine
from embedded.clickhouse.failures import Code, Failure, refusal
from embedded.clickhouse.session import Session
from embedded.clickhouse.users import Role, Users
from embedded.clickhouse.watch import Watch

# Every service of the house holds a few connections; a leak should hit this before it hits memory.
# Analysts have their own share, so that they cannot lock the loader out.
MOST_SESSIONS: dict[Role, int] = {"writer": 80, "analyst": 20}
KILLED_SECONDS = 2  # for killed queries to notice; the engine looks between blocks
LOOK_SECONDS = 0.05


class Sessions:
    def __init__(self, engine: Engine, users: Users, watch: Watch) -> None:
        self.watch = watch
        self._engine = engine
        self._users = users
        self._lock = threading.Lock()
        self._open: set[Session] = set()
        self._admitted: dict[Role, int] = dict.fromkeys(MOST_SESSIONS, 0)

    def sign_in(self, client: socket.socket, user: str, password: str, database: str) -> Session:
        """Raises Failure: wrong name or password, too many sessions, no such database."""
        role = self._users.role_of(user, password)
        if role is None:
            raise refusal(
                Code.AUTHENTICATION_FAILED,
                f"{user}: Authentication failed: password is incorrect, or there is no such user.",
            )
        self._count_in(role)
        try:
            session = Session(self._engine, client, role, database)
        except Failure:
            self._count_out(role)
            raise
        with self._lock:
            self._open.add(session)
        return session

    def sign_out(self, session: Session) -> None:
        session.close()
        with self._lock:
            self._open.discard(session)
        self._count_out(session.role)

    def see_out(self, grace_seconds: float) -> None:
        """Lets running queries end within the grace, then kills them; idle clients go at once."""
        for session in self._all():
            self.watch.leave(session)
            with contextlib.suppress(OSError):  # it hung up meanwhile
                session.client.shutdown(socket.SHUT_RD)
        if not self._wait_for_nobody(grace_seconds):
            self._engine.kill_all()
            self._wait_for_nobody(KILLED_SECONDS)

    def _wait_for_nobody(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._all() and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        return not self._all()

    def _all(self) -> list[Session]:
        with self._lock:
            return list(self._open)

    def _count_in(self, role: Role) -> None:
        with self._lock:
            if self._admitted[role] >= MOST_SESSIONS[role]:
                raise refusal(
                    Code.TOO_MANY_SIMULTANEOUS_QUERIES,
                    f"Too many connections: {MOST_SESSIONS[role]} of role {role} are open.",
                )
            self._admitted[role] += 1

    def _count_out(self, role: Role) -> None:
        with self._lock:
            self._admitted[role] -= 1
