"""supervisord of one stack: started, asked and ended; the processes are its children."""

import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from embedded.errors import StackError
from embedded.processes import Started
from embedded.services import Group, Service
from embedded.settings import own_environment
from embedded.sockets import make_private
from embedded.stack import Stack
from embedded.supervisor_file import supervisor_file, supervisor_socket

START_SECONDS = 20
POLL_SECONDS = 0.05
WAIT, RETURN_AT_ONCE = True, False
ALREADY_STARTED = 60  # supervisord's fault code


@dataclass(frozen=True, slots=True)
class State:
    """What supervisord says of a service; `since_s` is the epoch second it started, 0 for never."""

    service: str
    state: str
    pid: int
    since_s: int

    @property
    def running(self) -> bool:
        return self.state == "RUNNING"


class Supervisor:
    """A supervisord that runs."""

    def __init__(self, stack: Stack, started: Started) -> None:
        self.process = started
        transport = SupervisorTransport(None, None, f"unix://{supervisor_socket(stack)}")
        self._remote: Any = xmlrpc.client.ServerProxy("http://localhost", transport)

    @classmethod
    def of(cls, stack: Stack) -> "Supervisor | None":
        """The one that runs this stack now."""
        started = Started.read(_note(stack))
        return cls(stack, started) if started is not None and started.alive() else None

    @classmethod
    def start(cls, stack: Stack, services: Iterable[Service]) -> "Supervisor":
        """Starts supervisord, and none of the services yet."""
        make_private(supervisor_socket(stack).parent, {stack.postgres.user_id})
        file = stack.run / "supervisord.conf"
        file.write_text(supervisor_file(stack, services))
        done = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(file)],
            env=own_environment() | stack.mark(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"supervisord did not start:\n{done.stdout}{done.stderr}")
        return _once_answering(stack)

    def states(self) -> list[State]:
        """Every service, in the order of their start."""
        return [
            State(entry["name"], entry["statename"], entry["pid"], entry["start"])
            for entry in self._remote.supervisor.getAllProcessInfo()
        ]

    def start_group(self, group: Group) -> None:
        """Starts those of the group that do not run; returns before they are ready."""
        for entry in self._remote.supervisor.getAllProcessInfo():
            if entry["group"] != group:
                continue
            try:
                self._remote.supervisor.startProcess(f"{group}:{entry['name']}", RETURN_AT_ONCE)
            except xmlrpc.client.Fault as fault:
                if fault.faultCode != ALREADY_STARTED:
                    raise

    def stop_group(self, group: Group) -> None:
        """Returns when no service of the group runs."""
        if any(entry["group"] == group for entry in self._remote.supervisor.getAllProcessInfo()):
            self._remote.supervisor.stopProcessGroup(group, WAIT)

    def end(self) -> None:
        """Asks supervisord to end, with all that still runs."""
        with suppress(OSError, xmlrpc.client.Error):
            self._remote.supervisor.shutdown()


def _once_answering(stack: Stack) -> Supervisor:
    """supervisord becomes a daemon before it listens, so its pid is in its own file by then."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError):
            started = Started.of(int((stack.run / "supervisord.pid").read_text()))
            supervisor = Supervisor(stack, started)
            supervisor.states()
            started.write(_note(stack))
            return supervisor
        time.sleep(POLL_SECONDS)
    raise StackError(f"supervisord does not answer: see {stack.logs / 'supervisord.log'}")


def _note(stack: Stack) -> Path:
    return stack.run / "supervisord.started"
