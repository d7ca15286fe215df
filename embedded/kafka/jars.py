"""Kafka's jars: exactly those whose digests are pinned, fetched once into a private cache."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import StackError
from embedded.locks import waiting

PINS = Path(__file__).with_name("jars.sha256")
FETCH_THREADS = 6
FETCH_TIMEOUT_SECONDS = 60
FETCH_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned jar: its place in a Maven repository and the SHA-256 it must have."""

    path: str
    sha256: str

    @property
    def coordinates(self) -> tuple[str, str, str]:
        """Group, artifact and version, as the path of a Maven repository spells them."""
        *group, artifact, version, _file = self.path.split("/")
        return ".".join(group), artifact, version

    def intact(self, cache: Path) -> bool:
        """Whether the cache holds this jar with the pinned content."""
        file = cache / self.path
        return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == self.sha256


def pinned() -> list[Jar]:
    """Every jar of the broker, in class path order."""
    lines = PINS.read_text().splitlines()
    return [Jar(path, digest) for digest, path in (line.split() for line in lines)]


def class_path(cache: Path) -> str:
    """The broker's class path inside `cache`."""
    return ":".join(str(cache / jar.path) for jar in pinned())


def fetch(cache: Path, progress: Callable[[int, int], None]) -> None:
    """Makes `cache` hold every pinned jar; two runs at once wait for each other.

    `progress` is called with (jars done, jars in all). Raises StackError when a jar cannot be had
    or is not the one that was pinned.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with waiting(cache / "lock"):
        jars = pinned()
        missing = [jar for jar in jars if not jar.intact(cache)]
        done = len(jars) - len(missing)
        progress(done, len(jars))
        if not missing:
            return
        with ThreadPoolExecutor(FETCH_THREADS) as threads:
            for _ in threads.map(lambda jar: _fetch_one(jar, cache), missing):
                done += 1
                progress(done, len(jars))


def _fetch_one(jar: Jar, cache: Path) -> None:
    from jgo.maven import MavenContext, PythonResolver

    context = MavenContext(
        resolver=PythonResolver(),
        repo_cache=cache,
        local_repos=[],
        timeout=FETCH_TIMEOUT_SECONDS,
    )
    group, artifact, version = jar.coordinates
    reason = "its content is not the pinned one"
    for _ in range(FETCH_ATTEMPTS):
        (cache / jar.path).unlink(missing_ok=True)
        try:
            context.project(group, artifact).at_version(version).artifact().resolve()
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
            reason = str(error)
            continue
        if jar.intact(cache):
            return
    (cache / jar.path).unlink(missing_ok=True)
    raise StackError(
        f"could not fetch Kafka's {artifact} {version}: {reason}\n"
        "Check this machine's way to the Maven repository (proxy, certificates) and try again."
    )
