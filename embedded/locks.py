"""Locks between processes of this machine; a process that ends, however, lets go of its own."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def waiting(file: Path) -> Iterator[None]:
    """Holds the lock of `file`, after whoever holds it now."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
