"""Caught messages as files: one `.eml` each, whole and on disk before it is acknowledged."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

# The time in nanoseconds, so that names sort by it, and a token against equal times.
NAME = re.compile(r"\d{20}-[0-9a-f]{8}")


class Mailbox:
    """The messages in one directory, each under a name that sorts by the time it arrived.

    `now_ns` tells the time in epoch nanoseconds.
    """

    def __init__(self, directory: Path, now_ns: Callable[[], int]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._now_ns = now_ns

    def keep(self, message: bytes) -> str:
        """Store the message; it survives a kill or a power cut once this returns its name."""
        name = f"{self._now_ns():020}-{secrets.token_hex(4)}"
        part = self._directory / f"{name}.part"
        with part.open("wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._path(name))
        self._sync_directory()
        return name

    def names(self, limit: int, *, before: str | None = None) -> list[str]:
        """The newest names, or the newest of those older than `before`."""
        stems = (path.stem for path in self._directory.glob("*.eml"))
        names = sorted(
            (name for name in stems if NAME.fullmatch(name) and (not before or name < before)),
            reverse=True,
        )
        return names[:limit]

    def read(self, name: str) -> bytes | None:
        """The message, or None when there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.eml"

    def _sync_directory(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def received_ms(name: str) -> int:
    """When the message of this name arrived, in epoch milliseconds."""
    return int(name.partition("-")[0]) // 1_000_000
