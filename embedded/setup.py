"""What this checkout needs beside its virtual environment: Kafka's jars and the built pages."""

from embedded.kafka.jars import fetch
from embedded.progress import Steps
from embedded.services import PAGES
from embedded.settings import own_environment
from embedded.stack import CACHE, JARS
from embedded.steps import run_steps


def set_up(progress: Steps) -> None:
    """Fetches and builds all that is missing."""
    fetch_jars(progress)
    with progress.step("The pages' scripts"):
        run_steps([PAGES], own_environment(), CACHE)


def fetch_jars(progress: Steps) -> None:
    """Kafka's jars; next to no work when they are there."""
    with progress.step("Kafka's jars") as count:
        fetch(JARS, count)
