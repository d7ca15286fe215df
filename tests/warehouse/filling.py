"""Puts events and facts into the tables as the loader does, without Kafka between."""

from ingest import events
from ingest.events import Event
from streams import facts
from streams.facts import Fact
from warehouse.batch import Batch, Record
from warehouse.rows import PROGRESS
from warehouse.store import Store


def fill(store: Store, *lines: Event | Fact) -> None:
    """Each line gets an offset of its own, its number."""
    batch = Batch()
    for offset, line in enumerate(lines):
        if isinstance(line, Event):
            topic, value = events.EVENTS, events.encode_envelope([line])
        else:
            topic, value = events.CONVERSIONS, facts.encode_line(line)
        batch.add([Record(topic, 0, offset, 0, 7, value)])
    for table, rows in batch.rows.items():
        store.insert(table.name, table.columns, list(zip(*rows, strict=True)))
    if batch.marks:
        store.insert(PROGRESS.name, PROGRESS.columns, list(zip(*batch.marks.values(), strict=True)))
