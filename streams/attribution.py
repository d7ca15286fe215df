"""Stage A: from events to sessions, touches and candidates, by visitor."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final, Protocol

import msgspec

from ingest.events import (
    CANDIDATES,
    EVENTS,
    SESSIONS,
    STATE_VISITORS,
    TOUCHES,
    Event,
    Partitions,
    Tick,
    decode_envelope,
    decode_line,
    partition_of,
)
from partnerships.catalog import View
from streams.dead_letters import lose
from streams.envelopes import Envelope, decoded
from streams.facts import Candidate, Mark, Session, Source, Touch, encode_line
from streams.rules import marks, sessions, visitors
from streams.rules.identities import Identities
from streams.rules.marks import Lows
from streams.rules.memory import RECENT_MS, TOUCHES_MS
from streams.rules.reading import Reading
from streams.rules.touches import Touches
from streams.rules.visitors import Recent, Visitor
from streams.shard import Output, Work

_RECENT: Final = b"v"
_TOUCHES: Final = b"t"
_lows_decoder = msgspec.msgpack.Decoder(Lows)
_encoder = msgspec.msgpack.Encoder()


class CatalogPort(Protocol):
    """The catalog as this stage reads it."""

    async def reach(self, pin: int) -> None:
        """Return when everything up to this sequence was read; raises when it takes too long."""

    def at(self, pin: int) -> View:
        """The catalog as of a pin that was reached."""

    def registered(self) -> Collection[str]:
        """The collectors that are registered and not retired, as far as was read."""


class Attribution:
    """The logic of stage A over the state of one `events` partition."""

    name = "attribution"
    source = EVENTS
    state = STATE_VISITORS
    lifetimes: ClassVar[Mapping[int, int]] = {_RECENT[0]: RECENT_MS, _TOUCHES[0]: TOUCHES_MS}
    decoders: ClassVar[Mapping[int, msgspec.msgpack.Decoder[Any]]] = {
        _RECENT[0]: msgspec.msgpack.Decoder(Recent),
        _TOUCHES[0]: msgspec.msgpack.Decoder(Touches),
    }

    def __init__(self, catalog: CatalogPort, ids: Identities, partitions: Partitions) -> None:
        self._catalog = catalog
        self._ids = ids
        self._partitions = partitions

    async def ready(self, envelope: Envelope) -> None:
        """Wait for the catalog that the envelope is pinned to."""
        await self._catalog.reach(envelope.pin)

    def apply(self, work: Work, envelope: Envelope) -> None:
        """Decide every line; one that can't be read or decided becomes a dead letter."""
        view = self._catalog.at(envelope.pin)
        for number, line in enumerate(decoded(envelope.value, decode_envelope, decode_line)):
            source = Source(envelope.topic, envelope.partition, envelope.offset, number)
            work.lines += 1
            try:
                if isinstance(line, Event):
                    now_ms = work.advance(line.received_at)
                    self._event(work, line, view, Reading(now_ms, envelope.pin, source))
                elif isinstance(line, Tick):
                    self._tick(work, line)
                else:
                    lose(work, envelope, source, line.reason)
            except Exception as error:
                lose(work, envelope, source, f"{type(error).__name__}: {error}")

    def _event(self, work: Work, event: Event, view: View, reading: Reading) -> None:
        visitor = bytes.fromhex(event.visitor)
        recent_key, touches_key = _RECENT + visitor, _TOUCHES + visitor
        before = Visitor(
            work.get(recent_key) or Recent(),  # type: ignore[arg-type]
            work.get(touches_key) or (),  # type: ignore[arg-type]
        )
        after, facts = visitors.decide(before, event, view, reading, self._ids)
        outputs = [self._output(fact, work.shard.partition) for fact in facts]
        if after.recent is not before.recent:
            due_ms = sessions.unpublished_since(after.recent.sessions)
            work.put(recent_key, after.recent, due_ms)
        if after.touches is not before.touches:
            work.put(touches_key, after.touches)
        work.outputs += outputs

    def _tick(self, work: Work, tick: Tick) -> None:
        now_ms = work.advance(tick.at_ms)
        partition = work.shard.partition
        for key in work.due(now_ms - sessions.SETTLED_MS):
            recent = work.get(key)
            if isinstance(recent, Recent):
                settled, rows = visitors.settle(recent, now_ms)
                work.put(key, settled, sessions.unpublished_since(settled.sessions))
                work.outputs += [self._output(row, partition) for row in rows]
        lows = _lows_decoder.decode(work.marks) if work.marks else Lows()
        lows, watermark_ms = marks.ticked(lows, tick, now_ms, self._catalog.registered())
        work.marks = _encoder.encode(lows)
        if watermark_ms is not None:
            line = encode_line(Mark(source=partition, watermark_ms=watermark_ms))
            work.mark = [
                Output(CANDIDATES, number, line) for number in range(self._partitions.candidates)
            ]

    def _output(self, fact: Session | Touch | Candidate, partition: int) -> Output:
        if isinstance(fact, Candidate):
            partition = partition_of(fact.advertiser_id, self._partitions.candidates)
            return Output(CANDIDATES, partition, encode_line(fact))
        topic = SESSIONS if isinstance(fact, Session) else TOUCHES
        return Output(topic, partition, encode_line(fact))
