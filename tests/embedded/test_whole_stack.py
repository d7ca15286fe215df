"""Every service of the whole stack: ready, private to this machine, and back after kill -9."""

import signal

import psutil  # type: ignore[import-untyped]
import pytest

from embedded.lifecycle import states, unready
from embedded.processes import Started, marked
from embedded.services import SERVICES
from embedded.stack import Stack
from tests.engines import wait_until

BACK_SECONDS = 120


def pid_of(stack: Stack, service: str) -> int:
    (pid,) = [state.pid for state in states(stack) if state.service == service]
    return pid


def test_every_service_is_ready(stack: Stack) -> None:
    found = states(stack)
    assert {state.service for state in found} == {service.name for service in SERVICES}
    assert unready(stack, found) == []


def test_nothing_listens_beyond_this_machine(stack: Stack) -> None:
    everything = marked(stack.data)
    heard = [
        connection.laddr.ip
        for started in everything
        for connection in psutil.Process(started.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(heard) >= 10
    assert set(heard) <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_no_secret_is_on_a_command_line(stack: Stack) -> None:
    lines = [" ".join(psutil.Process(one.pid).cmdline()) for one in marked(stack.data)]
    for name in ("clickhouse-writer", "clickhouse-analyst", "stripe-key"):
        secret = (stack.secrets / name).read_text().strip()
        assert not [line for line in lines if secret in line]


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_a_killed_service_is_ready_again(stack: Stack, service: str) -> None:
    before = pid_of(stack, service)
    Started.of(before).send(signal.SIGKILL)
    wait_until(lambda: pid_of(stack, service) not in (0, before), BACK_SECONDS)
    wait_until(lambda: unready(stack, states(stack)) == [], BACK_SECONDS)
