"""Any batching and any kill give the same facts, and a repeat repeats the same bytes."""

from collections import Counter
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.events import CANDIDATES, CONVERSIONS, SESSIONS, TOUCHES, Event, Tick
from streams.budget import BudgetStage
from streams.facts import Candidate, Conversion, Mark, decode_line
from tests.streams.builders import (
    HOUR,
    LINK,
    MINUTE,
    NOON,
    OTHER,
    OTHER_LINK,
    SECOND,
    agreement,
    catalog,
    click_objective,
    event,
    hexadecimal,
    objective,
    token,
)
from tests.streams.memory_log import MemoryLog
from tests.streams.playing import PARTITIONS, Source, events_log, play, stage_a, topic_log

CATALOG = catalog(
    objective(count="visitor"),
    click_objective(),
    agreement("sale-1", budget=2500),
    agreement("sale-2", partner=OTHER, budget=3000),
    agreement("click-1", "click", price=300, budget=1000),
)
STEPS = st.lists(st.integers(1, 7), min_size=1, max_size=5)
CRASHES = st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=6)
_KINDS: list[dict[str, Any]] = [
    {},
    {"path": "/thanks"},
    {"code": LINK},
    {"code": OTHER_LINK},
    {"token": token()},
    {"token": token(nonce="n2", link=OTHER_LINK), "path": "/thanks"},
    {"code": LINK, "verdict": "bot"},
    {"code": OTHER_LINK, "test": True},
]
_PAUSES = [0, SECOND, 11 * SECOND, 61 * SECOND, 30 * MINUTE - 1, 30 * MINUTE, 25 * HOUR]
_EVENTS = st.tuples(
    st.integers(0, 4),
    st.sampled_from(_KINDS),
    st.sampled_from(_PAUSES),
    st.sampled_from([0, 0, 0, MINUTE, 31 * MINUTE]),
    st.booleans(),
)


@st.composite
def traffic(draw: st.DrawFn) -> Source:
    """Visitors who come, return, repeat and arrive late, with ticks between them."""
    lines: list[Event | Tick] = []
    now_ms = NOON
    for number, (visitor, kind, pause, late, ticks) in enumerate(
        draw(st.lists(_EVENTS, min_size=1, max_size=40))
    ):
        now_ms += pause
        made = event(at_ms=now_ms - late, received_at=now_ms, **kind)
        name = hexadecimal(f"line {number}")
        lines.append(_renamed(made, name, hexadecimal(f"visitor {visitor}")))
        if ticks:
            lines.append(Tick(collector="c1", low_ms=now_ms, at_ms=now_ms + SECOND))
            lines.append(lines[number // 2])
    return events_log(lines, draw(st.integers(1, 6)), CATALOG.sequence)


def _renamed(made: Event, name: str, visitor: str) -> Event:
    return msgspec.structs.replace(made, id=name, visitor=visitor)


def facts(log: MemoryLog, *topics: str) -> set[bytes]:
    """Every fact that was written; marks are none, they say how far a stage is."""
    lines = [line for topic in topics for line in log.all_lines(topic)]
    return {line for line in lines if not isinstance(decode_line(line), Mark)}


def _ids(lines: set[bytes]) -> Counter[str]:
    found = [decode_line(line) for line in lines]
    return Counter(
        one.conversion_id if isinstance(one, Candidate) else one.candidate.conversion_id
        for one in found
        if isinstance(one, Candidate | Conversion)
    )


@given(traffic(), STEPS, CRASHES)
@settings(max_examples=60, deadline=None)
def test_visits_come_out_the_same_for_any_batching_and_any_kill(
    source: Source, steps: list[int], crashes: list[tuple[int, bool]]
) -> None:
    topics = SESSIONS, TOUCHES, CANDIDATES
    quiet = play(lambda: stage_a(CATALOG), source)
    hurt = play(lambda: stage_a(CATALOG), source, steps, crashes)
    assert facts(hurt, *topics) == facts(quiet, *topics)


@given(traffic(), STEPS, CRASHES)
@settings(max_examples=60, deadline=None)
def test_decisions_come_out_the_same_for_any_batching_and_any_kill(
    source: Source, steps: list[int], crashes: list[tuple[int, bool]]
) -> None:
    candidates = topic_log(CANDIDATES, play(lambda: stage_a(CATALOG), source), 3)
    quiet = play(lambda: BudgetStage(PARTITIONS), candidates)
    hurt = play(lambda: BudgetStage(PARTITIONS), candidates, steps, crashes)
    assert facts(hurt, CONVERSIONS) == facts(quiet, CONVERSIONS)
    assert max(_ids(facts(hurt, CONVERSIONS)).values(), default=1) == 1


@given(traffic(), STEPS, CRASHES)
@settings(max_examples=30, deadline=None)
def test_candidates_written_twice_are_decided_once(
    source: Source, steps: list[int], crashes: list[tuple[int, bool]]
) -> None:
    hurt = play(lambda: stage_a(CATALOG), source, steps, crashes)
    conversions = play(lambda: BudgetStage(PARTITIONS), topic_log(CANDIDATES, hurt, 3))
    decided = [decode_line(line) for line in conversions.all_lines(CONVERSIONS)]
    ids = [one.candidate.conversion_id for one in decided if isinstance(one, Conversion)]
    assert sorted(ids) == sorted(_ids(facts(hurt, CANDIDATES)))
