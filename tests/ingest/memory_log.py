"""A log in memory that acknowledges when the test says so."""

from collections.abc import Callable

from ingest.events import Event, Tick, decode_envelope


class MemoryLog:
    """What was written, and what is not yet acknowledged."""

    def __init__(self) -> None:
        self.written: list[tuple[int, list[Event | Tick]]] = []
        self._pending: list[Callable[[str], None]] = []

    def write(self, partition: int, value: bytes, done: Callable[[str], None]) -> None:
        self.written.append((partition, decode_envelope(value)))
        self._pending.append(done)

    def acknowledge(self, error: str = "") -> None:
        """Answer everything on its way."""
        pending, self._pending = self._pending, []
        for done in pending:
            done(error)

    @property
    def flying(self) -> int:
        return len(self._pending)

    def lines(self, partition: int) -> list[Event | Tick]:
        return [line for at, lines in self.written if at == partition for line in lines]
