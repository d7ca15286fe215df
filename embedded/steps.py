"""Commands that run to their end, at the same time, each into a log; a failure told in words."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from embedded.errors import StackError
from embedded.services import Step
from embedded.stack import CHECKOUT

STEP_SECONDS = 300  # the first of all builds of the pages fetches its packages
TAIL_BYTES = 2000


def run_steps(steps: Sequence[Step], environment: Mapping[str, str], logs: Path) -> None:
    """Returns when all have ended well; raises StackError with the words of one that failed."""
    running = [_start(step, environment, logs) for step in steps]
    try:
        codes = [process.wait(STEP_SECONDS) for process in running]
    except subprocess.TimeoutExpired as error:
        raise StackError(f"a set-up step took longer than {STEP_SECONDS} s: {error.cmd}") from error
    finally:
        for process in running:
            process.kill()
    for step, code in zip(steps, codes, strict=True):
        if code != 0:
            words = tail(_log(step, logs))
            raise StackError(f"`python -m {step.module} {step.argument}` failed:\n{words}")


def tail(log: Path) -> str:
    """The last words of a log; none when it is not there."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        return file.read().decode(errors="replace")


def _start(step: Step, environment: Mapping[str, str], logs: Path) -> "subprocess.Popen[bytes]":
    with _log(step, logs).open("wb") as log:
        return subprocess.Popen(
            step.command, cwd=CHECKOUT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )


def _log(step: Step, logs: Path) -> Path:
    return logs / f"{step.name}-setup.log"
