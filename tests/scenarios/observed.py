"""What a run of the pipeline found, and where it differs from the oracle."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from streams.facts import Candidate, Conversion, Session, Touch
from tests.oracle.decisions import Decision, decide
from tests.oracle.visits import Found

SHOWN = 12


@dataclass(frozen=True)
class Observed:
    """All facts of a run; `candidates` in the order of their log, repeats left out."""

    sessions: list[Session]
    touches: list[Touch]
    candidates: list[Candidate]
    conversions: list[Conversion]


def differences(found: Found, observed: Observed) -> list[str]:
    """Every way in which the run and the recount differ; none when they are equal."""
    order = [(one.event_id, one.objective_id) for one in observed.candidates]
    missing = [key for key in found.candidates if key not in set(order)]
    decisions = decide(found.candidates[key] for key in order if key in found.candidates)
    return [
        *_compare("session", _sessions_of(found), _sessions_in(observed)),
        *_compare("touch", _touches_of(found), _touches_in(observed)),
        *(f"candidate {key}: the run has none" for key in missing),
        *_compare("conversion", _conversions_of(decisions), _conversions_in(observed)),
    ]


def _sessions_of(found: Found) -> dict[Any, Any]:
    return Counter((session.start, session.end) for session in found.sessions.values())


def _sessions_in(observed: Observed) -> dict[Any, Any]:
    newest = {one.session_id: one for one in sorted(observed.sessions, key=lambda s: s.version)}
    return Counter((session.started_at, session.ended_at) for session in newest.values())


def _touches_of(found: Found) -> dict[Any, Any]:
    rows = {}
    for _, touch in found.touches:
        refusal = next((reason for reason in _PRECEDENCE if reason in touch.reasons), "")
        rows[touch.event] = (touch.partner, touch.at, touch.day, refusal)
    return rows


def _touches_in(observed: Observed) -> dict[Any, Any]:
    return {
        one.event_id: (one.partner_id, one.at_ms, one.day, one.refusal) for one in observed.touches
    }


def _conversions_of(decisions: Iterable[Decision]) -> dict[Any, Any]:
    return {
        (one.candidate.event, one.candidate.objective.id): (
            one.candidate.agreement.id,
            one.candidate.day,
            one.disposition,
            one.sequence,
            one.before,
            one.after,
        )
        for one in decisions
    }


def _conversions_in(observed: Observed) -> dict[Any, Any]:
    return {
        (one.candidate.event_id, one.candidate.objective_id): (
            one.candidate.agreement_id,
            one.candidate.day,
            one.disposition,
            one.sequence,
            one.before_minor,
            one.after_minor,
        )
        for one in observed.conversions
    }


def _compare(what: str, expected: dict[Any, Any], got: dict[Any, Any]) -> Iterator[str]:
    for key in sorted(expected.keys() | got.keys(), key=str):
        if expected.get(key) != got.get(key):
            yield f"{what} {key}: expected {expected.get(key)}, the run has {got.get(key)}"


_PRECEDENCE = (*("test", "bot", "preview", "consent_denied", "advertiser_own", "self_click"),)
