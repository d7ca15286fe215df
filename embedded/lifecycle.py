"""A stack's life: engines, then set-up steps, then rooms; and an end that leaves no process.

Every part may be repeated after any kill: `start` finishes what an earlier start began, `stop`
ends whatever is left of a stack, even when its supervisor is gone.
"""

import subprocess
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from embedded.data_directory import alone
from embedded.errors import StackError
from embedded.ports import check_ports
from embedded.processes import Started, end, marked
from embedded.progress import Steps
from embedded.readiness import answers
from embedded.secrets import make_secrets
from embedded.services import KEYS, SERVICES, STEPS, Group, Service, Step
from embedded.settings import own_environment
from embedded.setup import has_program, set_up
from embedded.stack import CHECKOUT, Stack
from embedded.supervision import State, Supervisor

READY_SECONDS: Final = 120
STEP_SECONDS: Final = 120
PATIENCE_SECONDS: Final = 20
POLL_SECONDS: Final = 0.1
TAIL_BYTES: Final = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a start starts."""

    services: Sequence[Service]
    first: Sequence[Step]
    steps: Sequence[Step]


def whole_plan() -> Plan:
    """Everything whose program is part of this checkout."""
    return Plan(
        [service for service in SERVICES if has_program(service.module)],
        [step for step in (KEYS,) if has_program(step.module)],
        [step for step in STEPS if has_program(step.module)],
    )


def start(stack: Stack, progress: Steps, plan: Plan | None = None) -> bool:
    """Returns when every service answers; False when all did before.

    Raises StackError that says which service does not, and why as far as its log tells.
    """
    plan = plan or whole_plan()
    set_up(progress)
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
        supervisor.start_group("engines")
        _run_steps(stack, plan.first)
        _await_group(stack, plan, "engines", supervisor, progress)
        with progress.step("Tables and topics"):
            _run_steps(stack, plan.steps)
        supervisor.start_group("rooms")
        _await_group(stack, plan, "rooms", supervisor, progress)
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


def _await_group(
    stack: Stack, plan: Plan, group: Group, supervisor: Supervisor, progress: Steps
) -> None:
    members = {service.name for service in plan.services if service.group == group}
    waiting = members
    deadline = time.monotonic() + READY_SECONDS
    what = "Kafka, PostgreSQL, ClickHouse" if group == "engines" else "Counterfoil's services"
    with progress.step(what) as count:
        while True:
            found = [state for state in supervisor.states() if state.service in waiting]
            waiting = set(unready(stack, found))  # one that answered is not asked again
            count(len(members) - len(waiting), len(members))
            if not waiting:
                return
            if time.monotonic() > deadline:
                raise StackError(_not_ready(stack, sorted(waiting)))
            time.sleep(POLL_SECONDS)


def _not_ready(stack: Stack, names: list[str]) -> str:
    logs = [f"--- {name}:\n{_tail(stack.logs / f'{name}.log')}" for name in names]
    return f"not ready after {READY_SECONDS} s: {', '.join(names)}\n" + "\n".join(logs)


def _run_steps(stack: Stack, steps: Sequence[Step]) -> None:
    """Runs them at the same time; raises StackError with the words of the first that failed."""
    told = environment(stack)
    running = []
    for step in steps:
        with (stack.logs / f"{step.name}-setup.log").open("wb") as log:
            running.append(
                subprocess.Popen(
                    step.command, cwd=CHECKOUT, env=told, stdout=log, stderr=subprocess.STDOUT
                )
            )
    try:
        codes = [process.wait(STEP_SECONDS) for process in running]
    finally:
        for process in running:
            process.kill()
    for step, code in zip(steps, codes, strict=True):
        if code != 0:
            words = _tail(stack.logs / f"{step.name}-setup.log")
            raise StackError(f"`python -m {step.module} {step.argument}` failed:\n{words}")


def _end_survivors(stack: Stack) -> bool:
    """Ends what an earlier supervisor left; whether there was anything."""
    noted = [Started.read(file) for file in stack.run.glob("*.pid")]
    families = [started.family() for started in noted if started is not None]
    survivors = set().union(marked(stack.data), *families)
    end(survivors, PATIENCE_SECONDS)
    for file in stack.run.glob("*.pid"):
        file.unlink()
    return bool(survivors)


def _tail(log: Path) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        return file.read().decode(errors="replace")
