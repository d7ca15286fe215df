"""A collector's own folder: its stable id, and how far its clock has come.

Only one collector at a time can hold a folder, so an id never stands for two (rules.md §9).
"""

import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

_ID_BYTES: Final = 8


class StateError(Exception):
    """The folder can't be used; the message says why."""


class State:
    """Holds the folder until the process ends; makes it if there is none."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._clock = folder / "clock"
            self.id = _read_or_make_id(folder / "id")
        except BlockingIOError as error:
            raise StateError(f"Another collector runs with {folder}. Stop it first.") from error
        except OSError as error:
            raise StateError(f"{folder} can't be used: {error}") from error

    def clock_ms(self) -> int:
        """The latest time that was kept; 0 at first."""
        with suppress(FileNotFoundError, ValueError):
            return int(self._clock.read_text())
        return 0

    def keep_clock(self, now_ms: int) -> None:
        """Keep a time; not synced: it only guards against a clock that is set back."""
        unfinished = self._clock.with_suffix(".new")
        unfinished.write_text(str(now_ms))
        unfinished.replace(self._clock)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock)


def _read_or_make_id(path: Path) -> str:
    if path.exists():
        return path.read_text().strip()
    new_id = secrets.token_hex(_ID_BYTES)
    unfinished = path.with_suffix(".new")
    with unfinished.open("w") as file:
        file.write(new_id)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return new_id
