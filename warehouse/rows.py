"""Which row each event and fact becomes: columns named like its fields, values as the driver takes
them fastest (times stay epoch milliseconds). Every function raises MISFITS of `tables`.
"""

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import msgspec

from ingest.events import Event
from streams.facts import Candidate, Conversion, DeadLetter, Mark, Session, Source, Touch
from warehouse.hours import hour_start
from warehouse.tables import Row, Table, day_cell

Fields = Callable[[Any], Row]

_DAYS_CACHED: Final = 1 << 12

_PLACE: Final = ("topic", "partition", "offset", "line")

_encode_json = msgspec.json.Encoder().encode
_day_cell = lru_cache(maxsize=_DAYS_CACHED)(day_cell)


def _but(fact: type[msgspec.Struct], *special: str) -> tuple[str, ...]:
    """The fields that become columns as they are."""
    return tuple(name for name in fact.__struct_fields__ if name not in special)


_EVENT_FIELDS: Final = _but(Event, "query", "properties", "token")
_event_fields: Fields = attrgetter(*_EVENT_FIELDS)
_TOKEN: Final = ("token_link", "token_clicked_at", "token_nonce", "token_flags")
_NO_TOKEN: Final[Row] = ("", None, "", ())

EVENTS: Final = Table(
    "events", (*_EVENT_FIELDS, "query", "properties", *_TOKEN, "pin", "partition", "offset", "line")
)


def event_row(event: Event, pin: int, source: Source) -> Row:
    """`pin`: of the envelope. `source`: the line itself."""
    token = event.token
    row = (
        *_event_fields(event),
        # Of a parameter given twice the first counts (rules.md §4).
        dict(reversed(event.query)) if event.query else {},
        _encode_json(event.properties).decode() if event.properties else "",
        *((token.link, token.clicked_at, token.nonce, token.flags) if token else _NO_TOKEN),
        *(pin, source.partition, source.offset, source.line),
    )
    return EVENTS.fitting(row)


_SESSION_FIELDS: Final = _but(Session, "day")
_session_fields: Fields = attrgetter(*_SESSION_FIELDS)

SESSIONS: Final = Table("sessions", (*_SESSION_FIELDS, "day"))


def session_row(session: Session) -> Row:
    """One version of a session."""
    return SESSIONS.fitting((*_session_fields(session), _day_cell(session.day)))


_TOUCH_FIELDS: Final = _but(Touch, "day", "at_ms", "source")
_touch_fields: Fields = attrgetter(*_TOUCH_FIELDS)

TOUCHES: Final = Table("touches", (*_TOUCH_FIELDS, "day", "at", *_PLACE))


def touch_row(touch: Touch) -> Row:
    """Its place is that of its event."""
    added = _day_cell(touch.day), touch.at_ms, *_place(touch.source)
    return TOUCHES.fitting((*_touch_fields(touch), *added))


_BUDGET: Final = ("budget_version", "budget_minor")
_CANDIDATE_FIELDS: Final = _but(Candidate, "day", "at_ms", "source", "touch_source", *_BUDGET)
_DECISION_FIELDS: Final = _but(Conversion, "candidate", "candidate_source")
_candidate_fields: Fields = attrgetter(*_CANDIDATE_FIELDS)
_decision_fields: Fields = attrgetter(*_DECISION_FIELDS)

CONVERSIONS: Final = Table(
    "conversions",
    (
        *_CANDIDATE_FIELDS,
        *_DECISION_FIELDS,
        *("day", "hour", "at"),
        *(f"candidate_{name}" for name in _BUDGET),
        *(f"{prefix}{name}" for prefix in ("", "touch_", "candidate_") for name in _PLACE),
    ),
)


def conversion_row(conversion: Conversion) -> Row:
    """The candidate's fields and the decision's in one row; the hour is stamped here."""
    candidate = conversion.candidate
    row = (
        *_candidate_fields(candidate),
        *_decision_fields(conversion),
        _day_cell(candidate.day),
        hour_start(candidate.at_ms, candidate.zone),
        *(candidate.at_ms, candidate.budget_version, candidate.budget_minor),
        *_place(candidate.source),
        *_place(candidate.touch_source),
        *_place(conversion.candidate_source),
    )
    return CONVERSIONS.fitting(row)


DEAD_LETTERS: Final = Table("dead_letters", ("dead_letter_id", "reason", "at", "head", *_PLACE))


def dead_letter_row(letter: DeadLetter) -> Row:
    """A stage's dead letter, or this room's own; its place is that of the original line."""
    fields = letter.dead_letter_id, letter.reason, letter.at_ms, letter.head
    return DEAD_LETTERS.fitting((*fields, *_place(letter.source)))


PROGRESS: Final = Table("pipeline_progress", ("stage", "partition", "watermark", "offset"))


def progress_row(stage: str, mark: Mark, offset: int) -> Row:
    """`offset`: of the record that carried the mark."""
    return PROGRESS.fitting((stage, mark.source, mark.watermark_ms, offset))


def _place(source: Source) -> Row:
    return source.topic, source.partition, source.offset, source.line
