"""Stage B: from candidates to conversions, by advertiser, each paid once and inside its budget."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from ingest.events import CANDIDATES, CONVERSIONS, STATE_ADVERTISERS, Partitions
from streams.dead_letters import lose
from streams.envelopes import Envelope, decoded
from streams.facts import Candidate, Mark, Source, decode_envelope, decode_line, encode_line
from streams.rules import decisions, marks
from streams.rules.decisions import Books
from streams.rules.marks import Sources
from streams.rules.memory import LONG_ONCE_MS, PURSES_MS, SHORT_ONCE_MS
from streams.rules.purse import Allowed, Purse
from streams.shard import Output, Work

# Conversion ids, and once_keys with the id that took each: capitals are kept the short time.
_KNOWN: Final = {LONG_ONCE_MS: b"c", SHORT_ONCE_MS: b"C"}
_TAKEN: Final = {LONG_ONCE_MS: b"o", SHORT_ONCE_MS: b"O"}
_PURSE: Final = b"p"
_ALLOWED: Final = b"b"

_sources_decoder = msgspec.msgpack.Decoder(Sources)
_encoder = msgspec.msgpack.Encoder()


class Unexpected(Exception):
    """A line of `candidates` that is neither a candidate nor a mark."""


class BudgetStage:
    """The logic of stage B over the state of one `candidates` partition; it reads nothing else."""

    name = "budget"
    source = CANDIDATES
    state = STATE_ADVERTISERS
    lifetimes: ClassVar[Mapping[int, int]] = {
        **{kind[0]: lifetime for kinds in (_KNOWN, _TAKEN) for lifetime, kind in kinds.items()},
        _PURSE[0]: PURSES_MS,
        _ALLOWED[0]: PURSES_MS,
    }
    decoders: ClassVar[Mapping[int, msgspec.msgpack.Decoder[Any]]] = {
        **{kind[0]: msgspec.msgpack.Decoder(bool) for kind in _KNOWN.values()},
        **{kind[0]: msgspec.msgpack.Decoder(str) for kind in _TAKEN.values()},
        _PURSE[0]: msgspec.msgpack.Decoder(Purse),
        _ALLOWED[0]: msgspec.msgpack.Decoder(Allowed),
    }

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    async def ready(self, envelope: Envelope) -> None:
        """Everything this stage needs rides in the candidates."""

    def apply(self, work: Work, envelope: Envelope) -> None:
        """Decide every line; one that can't be read or decided becomes a dead letter."""
        for number, line in enumerate(decoded(envelope.value, decode_envelope, decode_line)):
            source = Source(envelope.topic, envelope.partition, envelope.offset, number)
            work.lines += 1
            try:
                self._line(work, line, source)
            except Exception as error:
                lose(work, envelope, source, f"{type(error).__name__}: {error}")

    def _line(self, work: Work, line: object, source: Source) -> None:
        if isinstance(line, Candidate):
            self._candidate(work, line, source)
        elif isinstance(line, Mark):
            self._mark(work, line)
        else:
            raise Unexpected(getattr(line, "reason", type(line).__name__))

    def _candidate(self, work: Work, candidate: Candidate, source: Source) -> None:
        work.advance(candidate.received_at)
        keys = _Keys(candidate)
        before = keys.read(work)
        after, conversion = decisions.decide(before, candidate, source)
        if conversion is not None:
            work.outputs.append(Output(CONVERSIONS, work.shard.partition, encode_line(conversion)))
        keys.write(work, before, after)

    def _mark(self, work: Work, mark: Mark) -> None:
        work.advance(mark.watermark_ms)
        known = _sources_decoder.decode(work.marks) if work.marks else Sources()
        known, passed_ms = marks.heard(
            known, mark.source, mark.watermark_ms, self._partitions.events
        )
        work.marks = _encoder.encode(known)
        if passed_ms is not None:
            partition = work.shard.partition
            line = encode_line(Mark(source=partition, watermark_ms=passed_ms))
            work.mark = [Output(CONVERSIONS, partition, line)]


class _Keys:
    """Where the books that bear on one candidate stand in the state."""

    __slots__ = ("_allowed", "_click", "_known", "_once", "_purse")

    def __init__(self, candidate: Candidate) -> None:
        lifetime = decisions.remembered_ms(candidate)
        self._known = _KNOWN[lifetime] + bytes.fromhex(candidate.conversion_id)
        self._once = _TAKEN[lifetime] + bytes.fromhex(candidate.once_key)
        self._click = _TAKEN[lifetime] + bytes.fromhex(candidate.click_key)
        self._purse = _PURSE + f"{candidate.agreement_id}|{candidate.month}".encode()
        self._allowed = _ALLOWED + candidate.agreement_id.encode()

    def read(self, work: Work) -> Books:
        get = work.get
        return Books(
            known=get(self._known) is not None,
            once_id=get(self._once) or "",  # type: ignore[arg-type]
            click_id=get(self._click) or "",  # type: ignore[arg-type]
            purse=get(self._purse) or Purse(),  # type: ignore[arg-type]
            allowed=get(self._allowed) or Allowed(),  # type: ignore[arg-type]
        )

    def write(self, work: Work, before: Books, after: Books) -> None:
        """Every sighting dates a conversion and what it found taken anew (rules.md §1)."""
        work.put(self._known, after.known)
        if after.once_id:
            work.put(self._once, after.once_id)
        if after.click_id:
            work.put(self._click, after.click_id)
        if after is not before:
            work.put(self._purse, after.purse)
            work.put(self._allowed, after.allowed)
