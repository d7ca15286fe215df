"""A stack comes up from any state and leaves no process, also after kill -9 of all of it."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.data_directory import make_stack
from embedded.errors import StackError
from embedded.lifecycle import start, states, stop
from embedded.probes import kafka_answers, postgres_answers
from embedded.processes import Started, marked
from embedded.progress import Silence
from embedded.stack import Stack
from embedded.supervision import Supervisor
from tests.engines import ENGINES, ENGINES_ONLY, free_port_base, wait_until

QUIET = Silence()


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = make_stack(tmp_path_factory.mktemp("engines"), free_port_base())
    yield stack
    stop(stack, QUIET)


@pytest.fixture
def up(engines: Stack) -> Stack:
    start(engines, QUIET, ENGINES_ONLY)
    return engines


def processes(stack: Stack) -> set[Started]:
    """Every process of the stack, found in both ways."""
    notes = [Started.read(file) for file in stack.run.glob("*.pid")]
    families = [started.family() for started in notes if started is not None]
    return marked(stack.data).union(*families)


def kill_supervisor(stack: Stack) -> None:
    supervisor = Supervisor.of(stack)
    assert supervisor is not None
    supervisor.process.send(signal.SIGKILL)
    wait_until(lambda: not supervisor.process.alive())


def test_every_engine_answers_when_start_returns(up: Stack) -> None:
    assert {state.service for state in states(up) if state.running} == set(ENGINES)
    assert kafka_answers(up.port("kafka"))
    assert postgres_answers(up.postgres.url())


def test_starting_twice_changes_nothing(up: Stack) -> None:
    before = states(up)
    assert start(up, QUIET, ENGINES_ONLY) is False
    assert states(up) == before


def test_a_killed_engine_comes_back_by_itself(up: Stack) -> None:
    (before,) = [state for state in states(up) if state.service == "postgres"]
    Started.of(before.pid).send(signal.SIGKILL)
    wait_until(lambda: all(state.pid != before.pid for state in states(up)))
    wait_until(lambda: postgres_answers(up.postgres.url()))


def test_stopping_leaves_no_process(up: Stack) -> None:
    running = processes(up)
    assert len(running) > len(ENGINES)
    assert stop(up, QUIET) is True
    assert not [process for process in running if process.alive()]
    assert processes(up) == set()
    assert stop(up, QUIET) is False


def test_stopping_finds_what_a_killed_supervisor_left(up: Stack) -> None:
    running = processes(up)
    kill_supervisor(up)
    assert any(process.alive() for process in running)
    assert stop(up, QUIET) is True
    assert not [process for process in running if process.alive()]


def test_everything_killed_comes_up_again(up: Stack) -> None:
    for process in processes(up):
        process.send(signal.SIGKILL)
    assert start(up, QUIET, ENGINES_ONLY) is True
    assert all(state.running for state in states(up))


def test_a_start_after_a_killed_supervisor_replaces_what_it_left(up: Stack) -> None:
    running = processes(up)
    kill_supervisor(up)
    assert start(up, QUIET, ENGINES_ONLY) is True
    assert not [process for process in running if process.alive()]


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    stack = make_stack(tmp_path, free_port_base())
    taken = ("127.0.0.1", stack.port("clickhouse"))
    with socket.create_server(taken), pytest.raises(StackError, match="clickhouse"):
        start(stack, QUIET, ENGINES_ONLY)
    assert processes(stack) == set()
    assert states(stack) == []


def test_all_listeners_are_on_loopback(up: Stack) -> None:
    for listener in ("kafka", "kafka-controller", "clickhouse", "clickhouse-http"):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Another address of loopback is free exactly when nobody listens on all of them.
            probe.bind(("127.0.0.2", up.port(listener)))
