"""The practice clock: the machine's time plus whatever was added, never backwards, kept on disk."""

import sqlite3
from collections.abc import Callable


class Clock:
    """Tells the practice time in whole epoch seconds.

    `system_seconds` is the machine's clock. What `advance` adds survives a restart.
    """

    def __init__(self, connection: sqlite3.Connection, system_seconds: Callable[[], float]) -> None:
        self._connection = connection
        self._system_seconds = system_seconds

    def now(self) -> int:
        return int(self._system_seconds()) + self._advanced_seconds()

    def advance(self, seconds: int) -> None:
        """Move the practice time on; `seconds` must not be negative."""
        assert seconds >= 0, "the practice clock only moves forwards"
        self._connection.execute(
            "UPDATE clock SET advanced_seconds = advanced_seconds + ?", (seconds,)
        )

    def _advanced_seconds(self) -> int:
        (seconds,) = self._connection.execute("SELECT advanced_seconds FROM clock").fetchone()
        return int(seconds)
