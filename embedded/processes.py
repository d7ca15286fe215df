"""Processes that we started, known by pid and birth or by our mark, never by name."""

import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MARK = "COUNTERFOIL_STACK"  # in the environment of every service: the data directory of its stack
POLL_SECONDS = 0.05
SAME_BIRTH_SECONDS = 1.5  # the moment of boot is told in whole seconds


@dataclass(frozen=True, slots=True)
class Started:
    """One process that we started; `born` is its start in seconds after the machine's.

    So nothing changes when the clock is set.
    """

    pid: int
    born: float = field(compare=False)

    @classmethod
    def of(cls, pid: int) -> "Started":
        """The process that has this pid now."""
        return cls(pid, psutil.Process(pid).create_time() - psutil.boot_time())

    @classmethod
    def read(cls, file: Path) -> "Started | None":
        """What `write` left in `file`, or None when nothing whole is there."""
        try:
            pid, born = file.read_text().split()
            return cls(int(pid), float(born))
        except (FileNotFoundError, ValueError):
            return None

    def write(self, file: Path) -> None:
        """Leaves a note that `read` understands after any kill."""
        file.write_text(f"{self.pid} {self.born!r}\n")

    def alive(self) -> bool:
        """Whether this very process still runs; one that only waits to be reaped does not."""
        return self._process() is not None

    def family(self) -> set["Started"]:
        """This process, while it runs, and all that descend from it now."""
        found: set[Started] = set()
        with suppress(psutil.NoSuchProcess):
            process = self._process()
            if process is None:
                return found
            found.add(self)
            for child in process.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    found.add(Started.of(child.pid))
        return found

    def send(self, number: signal.Signals) -> None:
        """Sends a signal; one that has ended meanwhile needs none."""
        process = self._process()
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _process(self) -> psutil.Process | None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            same = abs(Started.of(self.pid).born - self.born) < SAME_BIRTH_SECONDS
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


def marked(data: Path) -> set[Started]:
    """Every process whose environment says that it serves the stack in `data`."""
    found = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == str(data):
                found.add(Started.of(process.pid))
    return found


def command_line(pid: int) -> list[str]:
    """The command line of whatever has this pid; empty when nothing has."""
    with suppress(psutil.Error):
        return list(psutil.Process(pid).cmdline())
    return []


def end(processes: Iterable[Started], patience_seconds: float) -> None:
    """Returns when none of them runs: asked by SIGTERM first, killed after `patience_seconds`."""
    remaining = set(processes)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in remaining:
            process.send(number)
        remaining = _wait(remaining, patience_seconds)
    assert not remaining, f"the system did not end {remaining}"


def _wait(processes: set[Started], patience_seconds: float) -> set[Started]:
    deadline = time.monotonic() + patience_seconds
    while processes and time.monotonic() < deadline:
        processes = {process for process in processes if process.alive()}
        time.sleep(POLL_SECONDS if processes else 0)
    return processes
