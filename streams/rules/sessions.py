"""Which session a visitor's event belongs to, and when its row is published (rules.md §3)."""

from typing import Final

import msgspec

from ingest.events import Event
from partnerships.days import day_of
from streams.facts import Session
from streams.rules.identities import Identities
from streams.rules.memory import RECENT_EVENTS, RECENT_MS

GAP_MS: Final = 30 * 60 * 1000
"""This much event time without an event starts a new session; one millisecond less does not."""

GROWING_MS: Final = 60 * 1000
"""A growing session is published at most this often."""

SETTLED_MS: Final = 10 * 1000
"""This long after its last change it is published once more, by a tick."""


class KeptSession(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A session as a visitor's state holds it: times in event time, except the last three.

    `changed_at`, `published_at`: watermarks. `published`: the version last published.
    """

    session_id: str
    started_at: int
    ended_at: int
    pages: int
    events: int
    entry_path: str
    referrer_host: str
    changed_at: int
    published_at: int
    published: int

    @property
    def version(self) -> int:
        """Grows with every event of the session."""
        return self.pages + self.events


Sessions = tuple[KeptSession, ...]


class Owner(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Whose sessions they are, as of the visitor's newest event."""

    site_id: str
    advertiser_id: str
    zone: str
    visitor: str
    cookieless: bool


def makes_session(event: Event) -> bool:
    """Only pages and events of browsers do; one that is too old is refused as a whole."""
    return event.verdict == "browser" and event.type in ("page", "event") and not event.too_old


def join(
    sessions: Sessions, event: Event, now_ms: int, ids: Identities
) -> tuple[Sessions, KeptSession]:
    """The sessions with this event in one of them, and that one.

    Its row is to be published if `published` is its version.
    """
    recent = _recent(sessions, now_ms)
    found = _found(recent, event.occurred_at)
    if found is None:
        opened = _opened(event, now_ms, ids)
        return (*_with_room(recent), opened), opened
    grown = _grown(found, event, now_ms)
    place = recent.index(found)
    return (*recent[:place], grown, *recent[place + 1 :]), grown


def settled(sessions: Sessions, now_ms: int) -> tuple[Sessions, Sessions]:
    """What a tick at `now_ms` does: the new sessions, and those whose rows it publishes."""
    due = [session for session in sessions if _is_due(session, now_ms)]
    if not due:
        return sessions, ()
    published = {session.session_id: _published(session, now_ms) for session in due}
    return (
        tuple(published.get(session.session_id, session) for session in sessions),
        tuple(published.values()),
    )


def unpublished_since(sessions: Sessions) -> int:
    """The earliest change that is not yet in a published row, as a watermark; 0 when all are."""
    since_ms = 0
    for session in sessions:
        if session.published < session.version and not 0 < since_ms <= session.changed_at:
            since_ms = session.changed_at
    return since_ms


def row(session: KeptSession, owner: Owner) -> Session:
    """The fact that publishes a session."""
    return Session(
        session_id=session.session_id,
        site_id=owner.site_id,
        advertiser_id=owner.advertiser_id,
        visitor=owner.visitor,
        day=day_of(session.started_at, owner.zone).isoformat(),
        started_at=session.started_at,
        ended_at=session.ended_at,
        pages=session.pages,
        events=session.events,
        entry_path=session.entry_path,
        referrer_host=session.referrer_host,
        cookieless=owner.cookieless,
        version=session.version,
    )


def _found(sessions: Sessions, at_ms: int) -> KeptSession | None:
    """The session that an event at this time joins: later than all, or among them."""
    if not sessions:
        return None
    last = sessions[0] if len(sessions) == 1 else max(sessions, key=_end)
    if at_ms > last.ended_at:
        return last if at_ms - last.ended_at < GAP_MS else None
    near = [
        session
        for session in sessions
        if session.started_at - at_ms < GAP_MS and at_ms - session.ended_at < GAP_MS
    ]
    return min(near, key=lambda session: session.started_at, default=None)


def _recent(sessions: Sessions, now_ms: int) -> Sessions:
    """The sessions that are not yet forgotten: nearly always all."""
    oldest = now_ms - RECENT_MS
    for session in sessions:
        if session.changed_at < oldest:
            return tuple(one for one in sessions if one.changed_at >= oldest)
    return sessions


def _end(session: KeptSession) -> tuple[int, int]:
    """Orders by the end; of several that end last, the one that started first is the greatest."""
    return session.ended_at, -session.started_at


def _opened(event: Event, now_ms: int, ids: Identities) -> KeptSession:
    is_page = event.type == "page"
    return KeptSession(
        session_id=ids.session(event.visitor, event.id),
        started_at=event.occurred_at,
        ended_at=event.occurred_at,
        pages=int(is_page),
        events=int(not is_page),
        entry_path=event.path,
        referrer_host=event.referrer_host,
        changed_at=now_ms,
        published_at=now_ms,
        published=1,
    )


def _grown(session: KeptSession, event: Event, now_ms: int) -> KeptSession:
    is_page = event.type == "page"
    is_entry = event.occurred_at < session.started_at
    publish = now_ms - session.published_at >= GROWING_MS
    return KeptSession(
        session_id=session.session_id,
        started_at=min(session.started_at, event.occurred_at),
        ended_at=max(session.ended_at, event.occurred_at),
        pages=session.pages + is_page,
        events=session.events + (not is_page),
        entry_path=event.path if is_entry else session.entry_path,
        referrer_host=event.referrer_host if is_entry else session.referrer_host,
        changed_at=now_ms,
        published_at=now_ms if publish else session.published_at,
        published=session.version + 1 if publish else session.published,
    )


def _is_due(session: KeptSession, now_ms: int) -> bool:
    return session.published < session.version and now_ms - session.changed_at >= SETTLED_MS


def _published(session: KeptSession, now_ms: int) -> KeptSession:
    return msgspec.structs.replace(session, published_at=now_ms, published=session.version)


def _with_room(sessions: Sessions) -> Sessions:
    if len(sessions) < RECENT_EVENTS:
        return sessions
    oldest = min(sessions, key=lambda session: session.changed_at)
    return tuple(session for session in sessions if session is not oldest)
