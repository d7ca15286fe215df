"""What one event of a visitor means: its session, its touch, and the results it is credited with.

Stage A's rule: `decide(visitor, event, view, reading, ids) -> (visitor, facts)`. Reversals and
re-judgement (rules.md §7) enter here, as a further type of event.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from ingest.events import Event
from partnerships.catalog import Account, Site, View
from streams.facts import Candidate, Session, Touch
from streams.rules import repeats, sessions, touches
from streams.rules.attribution import credited
from streams.rules.candidates import candidate
from streams.rules.identities import Identities
from streams.rules.objectives import Reached, clicked, reached
from streams.rules.reading import Reading
from streams.rules.sessions import Owner, Sessions
from streams.rules.touches import KeptTouch, Touches

Facts = tuple[Session | Touch | Candidate, ...]


class UnknownSite(Exception):
    """The event's site, or its advertiser, is not in the catalog it is pinned to."""


class Recent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What every event of a visitor changes: the sessions, and the ids of events seen."""

    owner: Owner | None = None
    sessions: Sessions = ()
    seen: bytes = b""


class Visitor(NamedTuple):
    """A visitor's state in two records: `touches` changes only with a touch."""

    recent: Recent = Recent()
    touches: Touches = ()


class _Scene(NamedTuple):
    """Everything that stays the same while one event is decided."""

    event: Event
    site: Site
    zone: str
    view: View
    reading: Reading
    ids: Identities


def decide(
    visitor: Visitor, event: Event, view: View, reading: Reading, ids: Identities
) -> tuple[Visitor, Facts]:
    """The visitor after this event, and the facts; of a repeated event none.

    Raises UnknownSite, and ValueError for an event id that is none.
    """
    key = repeats.key_of(event.id)
    seen = repeats.fresh(visitor.recent.seen, reading.now_ms)
    if repeats.known(seen, key):
        return visitor, ()
    scene = _scene(event, view, reading, ids)
    owner = Owner(
        scene.site.id, scene.site.advertiser_id, scene.zone, event.visitor, event.cookieless
    )
    kept, session, facts = visitor.recent.sessions, "", []
    if sessions.makes_session(event):
        kept, joined = sessions.join(kept, event, reading.now_ms, ids)
        session = joined.session_id
        if joined.published == joined.version:
            facts.append(sessions.row(joined, owner))
    known = touches.remembered(visitor.touches, reading.now_ms)
    touch = touches.touched(known, event, session, scene.site, view, reading, ids)
    if touch is not None:
        known = touches.with_touch(known, touch)
    recent = Recent(owner, kept, repeats.remembered(seen, key, reading.now_ms))
    return Visitor(recent, known), (*facts, *_results(touch, known, session, scene))


def settle(recent: Recent, now_ms: int) -> tuple[Recent, tuple[Session, ...]]:
    """What a tick does to a visitor whose session's last change may be 10 s old."""
    kept, due = sessions.settled(recent.sessions, now_ms)
    if not due or recent.owner is None:
        return recent, ()
    rows = tuple(sessions.row(session, recent.owner) for session in due)
    return Recent(recent.owner, kept, recent.seen), rows


def _scene(event: Event, view: View, reading: Reading, ids: Identities) -> _Scene:
    site = view.get(Site, event.site)
    advertiser = view.get(Account, site.advertiser_id) if site else None
    if site is None or advertiser is None:
        raise UnknownSite(f"site {event.site!r} is not in the catalog as of {reading.pin}")
    return _Scene(event, site, advertiser.zone, view, reading, ids)


def _results(
    touch: KeptTouch | None, known: Touches, session: str, scene: _Scene
) -> Iterator[Touch | Candidate]:
    event, site, view = scene.event, scene.site, scene.view
    if touch is not None:
        yield touches.row(touch, event, site, scene.zone)
        for one in clicked(event, site, view):
            yield from _candidates((touch,), one, session, scene)
    if event.type == "conversion" and not any(one.at_ms <= event.occurred_at for one in known):
        promise = touches.promised(event, site, view, scene.reading, scene.ids)
        known = (promise,) if promise else ()
    if known:
        for one in reached(event, site, view):
            yield from _candidates(known, one, session, scene)


def _candidates(known: Touches, one: Reached, session: str, scene: _Scene) -> Iterator[Candidate]:
    credit = credited(known, one, scene.event, scene.site, scene.view)
    if credit is not None:
        yield candidate(credit, one, session_id=session, **scene._asdict())
