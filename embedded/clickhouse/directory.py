"""The data directory belongs to one process and one version of the engine; a second is told so."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import StackError

UNUSABLE_CHARACTERS = frozenset("?&#%+;=")
"""The engine is opened by an address; these would end or change the path in it."""


@dataclass(frozen=True, slots=True)
class Directory:
    root: Path

    @property
    def store(self) -> Path:
        """Where the engine keeps its tables."""
        return self.root / "store"

    @property
    def configuration(self) -> Path:
        return self.root / "engine.xml"

    @property
    def version(self) -> Path:
        return self.root / "engine.version"


@contextmanager
def claimed(root: Path) -> Iterator[Directory]:
    """Holds the directory until the end of the block, or of the process however it ends."""
    root = root.absolute()
    unusable = sorted(UNUSABLE_CHARACTERS & set(str(root)))
    if unusable:
        raise StackError(f"{root}: the path may not contain {' '.join(unusable)}")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(f"{root}: {error.strerror}. Take another --data.") from error
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(
                f"{root} is already open in another process: stop that one, or take another --data"
            ) from None
        yield Directory(root)


def accept_version(directory: Directory, version: str) -> None:
    """Refuses a directory that a newer engine has written: an older one may misread it."""
    written = directory.version.read_text().strip() if directory.version.exists() else version
    if _parts(written) > _parts(version):
        raise StackError(
            f"{directory.root} was written by ClickHouse {written}, this is {version}:"
            " upgrade, or take another --data"
        )
    if written != version or not directory.version.exists():
        fresh = directory.version.with_suffix(".new")
        fresh.write_text(version + "\n")
        fresh.replace(directory.version)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
