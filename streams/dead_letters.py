"""What is kept of a line that could not be read or decided (rules.md §2)."""

import re
from hashlib import blake2b
from typing import Final

import structlog

from ingest.events import DEAD_LETTERS
from streams.envelopes import Envelope
from streams.facts import DeadLetter, Source, encode_line
from streams.shard import Output, Work

log = structlog.get_logger()

HEAD_BYTES: Final = 512
_ADDRESS: Final = re.compile(r"[^\s@\"'=&?/:,;<>()]+(?:@|%40)[^\s@\"'=&?/:,;<>()]+")
_MASK: Final = "***@***"


def dead_letter(source: Source, line: bytes, reason: str, at_ms: int) -> DeadLetter:
    """Its id derives from where the line stands, so a repeat repeats it. `at_ms`: the watermark."""
    place = f"{source.topic}|{source.partition}|{source.offset}|{source.line}"
    return DeadLetter(
        dead_letter_id=blake2b(place.encode(), digest_size=16).hexdigest(),
        reason=_masked(reason),
        at_ms=at_ms,
        head=_masked(line[:HEAD_BYTES].decode(errors="replace")),
        source=source,
    )


def lose(work: Work, envelope: Envelope, source: Source, reason: str) -> None:
    """Write a line off; what comes after it is decided as if it were not there."""
    line = envelope.value.split(b"\n")[source.line]
    letter = dead_letter(source, line, reason, work.watermark_ms)
    log.error("dead letter", reason=letter.reason, id=letter.dead_letter_id, **_place(source))
    work.outputs.append(Output(DEAD_LETTERS, 0, encode_line(letter)))


def _place(source: Source) -> dict[str, object]:
    return {name: getattr(source, name) for name in source.__struct_fields__}


def _masked(text: str) -> str:
    return _ADDRESS.sub(_MASK, text)
