"""What can't be read or decided is written off with its reason, and the rest goes on."""

import msgspec

from ingest.events import (
    CANDIDATES,
    CONVERSIONS,
    DEAD_LETTERS,
    EVENTS,
    SESSIONS,
    Event,
    encode_envelope,
)
from streams.budget import BudgetStage
from streams.dead_letters import dead_letter
from streams.envelopes import Envelope
from streams.facts import Conversion, DeadLetter, Session, Source, decode_line, encode_line
from tests.streams.builders import catalog, event, landing, thanks, told
from tests.streams.memory_log import MemoryLog
from tests.streams.playing import PARTITIONS, play, stage_a

CATALOG = catalog()


def letters(log: MemoryLog) -> list[DeadLetter]:
    found = [decode_line(line) for line in log.all_lines(DEAD_LETTERS)]
    assert all(isinstance(one, DeadLetter) for one in found)
    return found  # type: ignore[return-value]


def played(*lines: bytes) -> MemoryLog:
    source = [Envelope(EVENTS, 0, 0, b"\n".join(lines), CATALOG.sequence)]
    return play(lambda: stage_a(CATALOG), {0: source})


def line(made: Event) -> bytes:
    return encode_envelope([made])


def test_line_that_cannot_be_read_is_lost_alone() -> None:
    log = played(line(event()), b"no json", b"", b"\xff\xfe", line(event()))
    assert [one.source.line for one in letters(log)] == [1, 2, 3]
    assert len(log.all_lines(SESSIONS)) == 1  # the second page only makes it grow


def test_line_of_another_kind_is_lost() -> None:
    (letter,) = letters(played(b'{"kind":"Mark","source":1,"watermark_ms":1}'))
    assert "Mark" in letter.reason


def test_line_whose_rule_fails_is_lost_and_changes_nothing() -> None:
    unknown = line(event(site="nowhere"))
    broken = line(event(id="not hexadecimal"))
    log = played(line(event()), unknown, broken)
    assert [one.source.line for one in letters(log)] == [1, 2]
    assert letters(log)[0].reason.startswith("UnknownSite: site 'nowhere'")
    rows = [decode_line(one) for one in log.all_lines(SESSIONS)]
    assert [row.version for row in rows if isinstance(row, Session)] == [1]


def test_stage_b_loses_what_is_no_candidate() -> None:
    candidate = encode_line(told(landing(), thanks()).candidates[0])
    session = encode_line(told(event()).rows[0])
    envelope = Envelope(CANDIDATES, 0, 0, b"\n".join([b"{}", session, candidate]))
    log = play(lambda: BudgetStage(PARTITIONS), {0: [envelope]})
    assert [one.source.line for one in letters(log)] == [0, 1]
    assert [type(decode_line(one)) for one in log.all_lines(CONVERSIONS)] == [Conversion]


def test_dead_letters_id_is_where_the_line_stands() -> None:
    place = Source(EVENTS, 3, 7, 1)
    one, again = (dead_letter(place, b"x", "why", at_ms) for at_ms in (1, 2))
    other = dead_letter(msgspec.structs.replace(place, line=2), b"x", "why", 1)
    assert one.dead_letter_id == again.dead_letter_id != other.dead_letter_id


def test_dead_letter_keeps_512_bytes_without_addresses() -> None:
    text = b'{"email":"ann@example.org","next":"bob%40example.org"}' + b"x" * 600
    letter = dead_letter(Source(EVENTS, 0, 0, 0), text, "mail ann@example.org", 1)
    assert "example.org" not in letter.head + letter.reason
    assert letter.head.startswith('{"email":"***@***"')
    assert len(letter.head.encode()) <= 512


def test_bytes_that_are_no_text_are_shown_replaced() -> None:
    assert dead_letter(Source(EVENTS, 0, 0, 0), b"\xff", "why", 1).head == "�"
