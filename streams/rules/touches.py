"""When an event is a touch, whom it credits, and why it earns nothing (rules.md §4)."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from ingest.events import Event
from partnerships.catalog import Site, View
from partnerships.days import day_of, month_of
from streams.facts import Form, Refusal, Source, Touch
from streams.rules.forms import Arrival, arrival, by_hit, by_token
from streams.rules.identities import Identities
from streams.rules.memory import TOUCHES, TOUCHES_MS
from streams.rules.ownership import owners_seen
from streams.rules.reading import Reading
from streams.rules.reasons import Reason, first

_SUB_IDS = ("s1", "s2", "s3", "s4", "s5")


class KeptTouch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A touch as a visitor's state holds it; `kept_at` is the watermark when it was read.

    `networks` are judged again with the catalog of the event it is credited with.
    """

    touch_id: str
    partner_id: str
    at_ms: int
    form: Form
    link: str
    nonce: str
    path: str
    session_id: str
    refusal: Refusal | Literal[""]
    networks: tuple[str, ...]
    sub_ids: tuple[str, str, str, str, str]
    source: Source
    kept_at: int


Touches = tuple[KeptTouch, ...]
"""In the order of their times; of equal times, in the order of the log."""


def remembered(touches: Touches, now_ms: int) -> Touches:
    """The touches that are not yet forgotten."""
    oldest = now_ms - TOUCHES_MS
    for touch in touches:
        if touch.kept_at < oldest:
            return tuple(one for one in touches if one.kept_at >= oldest)
    return touches


def touched(
    touches: Touches,
    event: Event,
    session_id: str,
    site: Site,
    view: View,
    reading: Reading,
    ids: Identities,
) -> KeptTouch | None:
    """The touch that this event makes: a page on the verified site, or a robot's click."""
    if event.too_old or not is_verified(site, event.occurred_at):
        return None
    found = _arrival(event, site, view)
    if found is None or _used(touches, found, session_id):
        return None
    return _touch(found, event, session_id, _refusal(found, event, site, view), reading, ids)


def promised(
    event: Event, site: Site, view: View, reading: Reading, ids: Identities
) -> KeptTouch | None:
    """What a server item's token stands for when its visitor has no touch: a touch at the click."""
    token = event.token
    if token is None or not is_verified(site, token.clicked_at):
        return None
    found = by_token(token, site, view)
    if found is None:
        return None
    reasons: list[Reason] = [flag for flag in token.flags if flag in ("test", "bot", "preview")]
    reasons += owners_seen(
        view,
        site.advertiser_id,
        found.partner_id,
        networks=(),
        at_ms=token.clicked_at,
        flags=token.flags,
    )
    touch = _touch(found, event, "", first(reasons), reading, ids)
    return msgspec.structs.replace(touch, at_ms=token.clicked_at, networks=())


def with_touch(touches: Touches, touch: KeptTouch) -> Touches:
    """The newest touches with this one among them."""
    later = sum(kept.at_ms > touch.at_ms for kept in touches)
    place = len(touches) - later
    return (*touches[:place], touch, *touches[place:])[-TOUCHES:]


def row(touch: KeptTouch, event: Event, site: Site, zone: str) -> Touch:
    """The fact of a touch that this event made."""
    day = day_of(touch.at_ms, zone)
    return Touch(
        touch_id=touch.touch_id,
        event_id=event.id,
        site_id=site.id,
        advertiser_id=site.advertiser_id,
        partner_id=touch.partner_id,
        visitor=event.visitor,
        session_id=touch.session_id,
        day=day.isoformat(),
        month=month_of(day),
        at_ms=touch.at_ms,
        received_at=event.received_at,
        form=touch.form,
        link=touch.link,
        nonce=touch.nonce,
        path=touch.path,
        verdict=event.verdict,
        refusal=touch.refusal,
        **dict(zip(_SUB_IDS, touch.sub_ids, strict=True)),
        source=touch.source,
    )


def is_verified(site: Site, at_ms: int) -> bool:
    """Whether results counted on the site at that time."""
    return site.verified_from_ms is not None and site.verified_from_ms <= at_ms


def is_elsewhere(event: Event, site: Site) -> bool:
    """Whether the event names a host that is not the site's; without one it is the site's."""
    return event.host != "" and event.host not in site.hosts


def _arrival(event: Event, site: Site, view: View) -> Arrival | None:
    if event.type == "click" and event.verdict in ("bot", "preview"):
        return by_hit(event, site, view)
    if event.type == "page" and event.verdict != "prefetch" and not is_elsewhere(event, site):
        return arrival(event, site, view)
    return None


def _used(touches: Touches, found: Arrival, session_id: str) -> bool:
    """Whether the nonce, or for the three forms without one the session, made its touch already.

    A touch by a token uses up its nonce only, not the session of the other forms.
    """
    if found.nonce:
        return any(touch.nonce == found.nonce and not touch.refusal for touch in touches)
    return session_id != "" and any(
        touch.partner_id == found.partner_id
        and touch.session_id == session_id
        and not touch.nonce
        and not touch.refusal
        for touch in touches
    )


def _refusal(found: Arrival, event: Event, site: Site, view: View) -> Reason:
    return first(_reasons(found, event, site, view))


def _reasons(found: Arrival, event: Event, site: Site, view: View) -> Iterator[Reason]:
    flags = event.token.flags if event.token is not None else ()
    if event.test or "test" in flags:
        yield "test"
    if event.verdict == "bot" or event.verdict == "preview":
        yield event.verdict
    if event.consent == "denied":
        yield "consent_denied"
    yield from owners_seen(
        view,
        site.advertiser_id,
        found.partner_id,
        networks=event.networks,
        at_ms=event.occurred_at,
        cookies=event.partner_cookie,
        flags=flags,
    )


def _touch(
    found: Arrival,
    event: Event,
    session_id: str,
    refusal: Reason,
    reading: Reading,
    ids: Identities,
) -> KeptTouch:
    query = dict(reversed(event.query))
    return KeptTouch(
        touch_id=ids.touch(event.visitor, event.id),
        partner_id=found.partner_id,
        at_ms=event.occurred_at,
        form=found.form,
        link=found.link,
        nonce=found.nonce,
        path=event.path,
        session_id=session_id,
        refusal=refusal,
        networks=event.networks,
        sub_ids=(
            query.get("s1", ""),
            query.get("s2", ""),
            query.get("s3", ""),
            query.get("s4", ""),
            query.get("s5", ""),
        ),
        source=reading.source,
        kept_at=reading.now_ms,
    )
