"""What was read and waits to be written: rows by table, marks, and the offsets to commit then.

Every line becomes a row, a mark or a dead letter; none stops the others.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from ingest import events
from ingest.events import Event, Tick
from streams import facts
from streams.facts import Conversion, DeadLetter, Mark, Session, Source, Touch
from warehouse import rows
from warehouse.tables import MISFITS, Row, Table

STAGE: Final = "conversions"
"""The stage whose marks are kept: the last one, so everything before it is complete too."""

_HEAD_BYTES: Final = 512
_UNREADABLE: Final = (*MISFITS, RecursionError)
# Coarser than the collector's mask: whatever stands next to an @ up to a space or quote.
_ADDRESS: Final = re.compile(r"[^\s\"']*(?:@|%40)[^\s\"']*")

_FACT_ROWS: Final[Mapping[type, tuple[Table, Callable[[Any], Row]]]] = {
    Session: (rows.SESSIONS, rows.session_row),
    Touch: (rows.TOUCHES, rows.touch_row),
    Conversion: (rows.CONVERSIONS, rows.conversion_row),
    DeadLetter: (rows.DEAD_LETTERS, rows.dead_letter_row),
}


class Record(NamedTuple):
    """One record of Kafka: an envelope of lines. `at_ms`: the record's time. `pin`: 0 without."""

    topic: str
    partition: int
    offset: int
    at_ms: int
    pin: int
    value: bytes


class Batch:
    """Rows of several records. `offsets`: per topic and partition, where reading goes on."""

    def __init__(self) -> None:
        self.rows: dict[Table, list[Row]] = {}
        self.marks: dict[int, Row] = {}
        self.offsets: dict[tuple[str, int], int] = {}
        self.lines = 0

    def add(self, records: Iterable[Record]) -> None:
        """Takes in all lines of the records."""
        for record in records:
            for number, line in enumerate(_lines(record)):
                self._add_line(record, number, line)
            self.offsets[record.topic, record.partition] = record.offset + 1

    def _add_line(self, record: Record, number: int, line: object) -> None:
        source = Source(record.topic, record.partition, record.offset, number)
        try:
            if isinstance(line, Event):
                self._keep(rows.EVENTS, rows.event_row(line, record.pin, source))
            elif found := _FACT_ROWS.get(type(line)):
                table, make = found
                self._keep(table, make(line))
            elif isinstance(line, Mark):
                self._mark(record, line)
            elif isinstance(line, Exception):
                raise line
            elif not isinstance(line, Tick):
                raise ValueError(f"a {type(line).__name__} has no table")
        except _UNREADABLE as error:
            letter = _dead_letter(record, source, error)
            self._keep(rows.DEAD_LETTERS, rows.dead_letter_row(letter))
        self.lines += 1

    def _keep(self, table: Table, row: Row) -> None:
        self.rows.setdefault(table, []).append(row)

    def _mark(self, record: Record, mark: Mark) -> None:
        # A partition's marks never go back, so its newest holds.
        self.marks[mark.source] = rows.progress_row(STAGE, mark, record.offset)


def _lines(record: Record) -> Iterable[object]:
    """The record's events and facts; in the place of a line that can't be read, its error."""
    wire = events if record.topic == events.EVENTS else facts
    lines: Sequence[object] = ()
    with suppress(*_UNREADABLE):
        lines = wire.decode_envelope(record.value)
    # Blank lines are passed over when decoded all at once; then the numbers would not be the log's.
    if len(lines) == record.value.count(b"\n") + 1:
        return lines
    return [_decoded(wire.decode_line, line) for line in record.value.split(b"\n")]


def _decoded(decode: Callable[[bytes], object], line: bytes) -> object:
    try:
        return decode(line)
    except _UNREADABLE as error:
        return error


def _dead_letter(record: Record, source: Source, error: Exception) -> DeadLetter:
    line = record.value.split(b"\n")[source.line]
    place = f"{source.topic}|{source.partition}|{source.offset}|{source.line}"
    return DeadLetter(
        dead_letter_id=blake2b(f"warehouse|{place}".encode(), digest_size=16).hexdigest(),
        reason=f"The warehouse can't read it: {error}",
        at_ms=record.at_ms,
        head=_ADDRESS.sub("[masked]", line[:_HEAD_BYTES].decode(errors="replace")),
        source=source,
    )
