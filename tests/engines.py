"""One engine of the stack as a foreground process of the test run, ended with it."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from embedded.lifecycle import Plan
from embedded.postgres.cluster import Cluster
from embedded.probes import http_answers, kafka_answers, postgres_answers
from embedded.services import SERVICES
from embedded.stack import JARS, LISTENERS

START_SECONDS = 180  # the first start of all may fetch jars
STOP_SECONDS = 30
POLL_SECONDS = 0.05
ENGINES = ("kafka", "postgres", "clickhouse")
ENGINES_ONLY = Plan([service for service in SERVICES if service.name in ENGINES], (), ())
FIRST_BASE = 12_000
BASES = 2_000
WRITER_PASSWORD = "writer-of-tests"


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody has; all are held until all are known."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


def free_port_base() -> int:
    """The first of ten ports in a row that nobody has, below those the system gives to clients."""
    for _ in range(100):
        base = FIRST_BASE + 10 * secrets.randbelow(BASES)
        with suppress(OSError), ExitStack() as held:
            for port in range(base, base + len(LISTENERS)):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            return base
    raise AssertionError("no ten free ports in a row")


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Returns when the condition holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition does not come about"
        time.sleep(POLL_SECONDS)


@contextmanager
def running_kafka(directory: Path) -> Iterator[str]:
    """A broker; yields its address."""
    port, controller_port = free_ports(2)
    arguments = ["--data", str(directory), "--jars", str(JARS)]
    ports = ["--port", str(port), "--controller-port", str(controller_port)]
    with _running("kafka", [*arguments, *ports], directory, lambda: kafka_answers(port)):
        yield f"127.0.0.1:{port}"


@contextmanager
def running_postgres(directory: Path) -> Iterator[Cluster]:
    """A server with the empty database `counterfoil`."""
    cluster = Cluster(directory, os.geteuid())
    arguments = ["--data", str(directory)]
    url = cluster.url()
    with _running("postgres", arguments, directory, lambda: postgres_answers(url), signal.SIGINT):
        yield cluster


@contextmanager
def running_clickhouse(directory: Path) -> Iterator[str]:
    """A server with the empty database `counterfoil`; yields the address of its writer."""
    port, http_port = free_ports(2)
    users = directory / "users.json"
    users.touch(mode=0o600)
    users.write_text(json.dumps({"writer": [WRITER_PASSWORD, "writer"]}))
    arguments = ["--data", str(directory / "data"), "--users", str(users)]
    ports = ["--port", str(port), "--http-port", str(http_port)]
    ping = f"http://127.0.0.1:{http_port}/ping"
    with _running("clickhouse", [*arguments, *ports], directory, lambda: http_answers(ping)):
        yield f"clickhouse://writer:{WRITER_PASSWORD}@127.0.0.1:{port}/counterfoil"


@contextmanager
def _running(
    engine: str,
    arguments: list[str],
    directory: Path,
    answers: Callable[[], bool],
    ending: signal.Signals = signal.SIGTERM,
) -> Iterator[None]:
    log = directory / f"{engine}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", f"embedded.{engine}", *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            assert process.poll() is None, f"{engine} ended:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"{engine} does not answer:\n{log.read_text()}"
            time.sleep(POLL_SECONDS)
        yield
    finally:
        process.send_signal(ending)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
