"""What a stack needs beside its virtual environment: Kafka's jars and the pages' built files."""

import importlib.util
import subprocess
import sys

from embedded.errors import StackError
from embedded.kafka.jars import fetch
from embedded.progress import Steps
from embedded.settings import own_environment
from embedded.stack import CHECKOUT, JARS

BUILD_SECONDS = 300


def set_up(steps: Steps) -> None:
    """Fetches and builds what is missing; costs next to nothing when all is there."""
    with steps.step("Kafka's jars") as count:
        fetch(JARS, count)
    if has_program("dashboards"):
        with steps.step("The pages' scripts"):
            _build_pages()


def has_program(module: str) -> bool:
    """Whether `python -m module` exists in this checkout."""
    try:
        return importlib.util.find_spec(f"{module}.__main__") is not None
    except ModuleNotFoundError:
        return False


def _build_pages() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dashboards", "build"],
        cwd=CHECKOUT,
        env=own_environment(),
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise StackError(f"the pages' scripts could not be built:\n{done.stdout}{done.stderr}")
