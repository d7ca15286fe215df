"""A stack's life: engines, then set-up steps, then rooms; and an end that leaves no process.

Every part may be repeated after any kill: `start` finishes what an earlier start began, `stop`
ends whatever is left of a stack, even when its supervisor is gone.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from embedded.data_directory import alone
from embedded.errors import StackError
from embedded.ports import check_ports
from embedded.processes import Started, end, marked
from embedded.progress import Count, Steps
from embedded.readiness import answers
from embedded.secrets import make_secrets
from embedded.services import KEYS, PAGES, SERVICES, STEPS, Service, Step
from embedded.settings import own_environment
from embedded.setup import fetch_jars
from embedded.stack import Stack
from embedded.steps import run_steps, tail
from embedded.supervision import State, Supervisor

NEEDED_BY_STEPS: Final = {"kafka", "postgres", "clickhouse"}
READY_SECONDS: Final = 120
PATIENCE_SECONDS: Final = 20
POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a start starts: `first` while the engines wake up, `steps` once they answer."""

    services: Sequence[Service]
    first: Sequence[Step]
    steps: Sequence[Step]


WHOLE: Final = Plan(SERVICES, (KEYS, PAGES), STEPS)


def start(stack: Stack, progress: Steps, plan: Plan = WHOLE) -> bool:
    """Returns when every service answers; False when all did before.

    Raises StackError that says which service does not, and why as far as its log tells.
    """
    fetch_jars(progress)
    with alone(stack):
        supervisor = Supervisor.of(stack)
        if supervisor is not None and not unready(stack, supervisor.states()):
            return False
        for directory in (stack.logs, stack.run, stack.data / "state"):
            directory.mkdir(exist_ok=True)
        make_secrets(stack)
        if supervisor is None:
            _end_survivors(stack)
            check_ports(stack, plan.services)
            supervisor = Supervisor.start(stack, plan.services)
        _bring_up(stack, progress, plan, supervisor)
    return True


def stop(stack: Stack, progress: Steps) -> bool:
    """Returns when no process of the stack is left; False when none was there."""
    with alone(stack):
        supervisor = Supervisor.of(stack)
        if supervisor is not None:
            with progress.step("Stopping the services"):
                supervisor.stop_group("rooms")
                supervisor.stop_group("engines")
                supervisor.end()
                end([supervisor.process], PATIENCE_SECONDS)
        return _end_survivors(stack) or supervisor is not None


def states(stack: Stack) -> list[State]:
    """What each service does now; empty when the stack is not up."""
    supervisor = Supervisor.of(stack)
    return [] if supervisor is None else supervisor.states()


def unready(stack: Stack, states: Collection[State]) -> list[str]:
    """The names of those that do not run or do not answer."""
    return [
        state.service for state in states if not (state.running and answers(stack, state.service))
    ]


def environment(stack: Stack, service: Service | None = None) -> dict[str, str]:
    """The whole environment of a service, or of any command of a room."""
    told = stack.environment() if service is None else service.environment(stack)
    return own_environment() | told


def _bring_up(stack: Stack, progress: Steps, plan: Plan, supervisor: Supervisor) -> None:
    services = {service.name for service in plan.services}
    supervisor.start_group("engines")
    with progress.step("Keys and pages"):
        run_steps(plan.first, environment(stack), stack.logs)
    with progress.step("Kafka, PostgreSQL, ClickHouse") as count:
        _await(stack, services & NEEDED_BY_STEPS, supervisor, count)
    with progress.step("Tables and topics"):
        run_steps(plan.steps, environment(stack), stack.logs)
    supervisor.start_group("rooms")
    with progress.step("Services") as count:
        _await(stack, services, supervisor, count)


def _await(stack: Stack, services: set[str], supervisor: Supervisor, count: Count) -> None:
    """Returns when each of them has answered once; raises StackError that names the others."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = services
    while True:
        found = [state for state in supervisor.states() if state.service in waiting]
        waiting = set(unready(stack, found))
        count(len(services) - len(waiting), len(services))
        if not waiting:
            return
        if time.monotonic() > deadline:
            raise StackError(_not_ready(stack, sorted(waiting)))
        time.sleep(POLL_SECONDS)


def _not_ready(stack: Stack, names: list[str]) -> str:
    logs = [f"--- {name}:\n{tail(stack.logs / f'{name}.log')}" for name in names]
    return f"not ready after {READY_SECONDS} s: {', '.join(names)}\n" + "\n".join(logs)


def _end_survivors(stack: Stack) -> bool:
    """Ends what an earlier supervisor left; whether there was anything."""
    noted = [Started.read(file) for file in stack.run.glob("*.pid")]
    families = [started.family() for started in noted if started is not None]
    survivors = marked(stack.data).union(*families)
    end(survivors, PATIENCE_SECONDS)
    for file in stack.run.glob("*.pid"):
        file.unlink()
    return bool(survivors)
