"""Which touch gets a result, on which agreement, and why it may earn nothing (rules.md §5)."""

from collections.abc import Iterator
from typing import NamedTuple

from ingest.events import Event
from partnerships.catalog import Agreement, Objective, Site, Standing, Terms, View
from streams.rules.memory import DAY_MS
from streams.rules.objectives import Reached
from streams.rules.ownership import owners_seen
from streams.rules.reasons import Reason, first
from streams.rules.touches import KeptTouch, Touches, is_elsewhere

DEFAULT_WINDOW_DAYS = 30


class Credit(NamedTuple):
    """Who gets a result: the touch, the agreement and its terms at the event, and the refusal."""

    touch: KeptTouch
    agreement: Agreement
    terms: Terms
    refusal: Reason


def credited(
    touches: Touches, reached: Reached, event: Event, site: Site, view: View
) -> Credit | None:
    """The credit of a reached objective; None when no touch has to do with it.

    The winner is the last (or first) eligible touch; when none is, the latest touch of a partner
    that has or had an agreement gets a refused result. A touch after the event is none of its.
    """
    before = [touch for touch in touches if touch.at_ms <= event.occurred_at]
    objective = reached.objective
    for touch in before if objective.credit == "first" else reversed(before):
        claim = _claim(touch, objective, event.occurred_at, view)
        if claim.paying is not None and not touch.refusal:
            refusal = first(_against(touch, reached, event, site, view))
            return Credit(touch, *claim.paying, refusal)
    for touch in reversed(before):
        newest = _newest(touch.partner_id, objective, event.occurred_at, view)
        if newest is not None:
            claim = _claim(touch, objective, event.occurred_at, view)
            reasons = [*_against(touch, reached, event, site, view), touch.refusal, claim.refusal]
            return Credit(touch, *newest, first(reasons))
    return None


class _Claim(NamedTuple):
    paying: tuple[Agreement, Terms] | None
    refusal: Reason


def _claim(touch: KeptTouch, objective: Objective, at_ms: int, view: View) -> _Claim:
    """The agreement that pays at `at_ms` for this touch, or why there is none."""
    agreements = view.agreements(touch.partner_id, objective.id)
    then = next((one for one in agreements if view.active(one.id, touch.at_ms)), None)
    paying = next(_in_force(agreements, at_ms, view, active=True), None)
    if then is None or paying is None:
        return _Claim(None, "not_active")
    terms_then = view.in_force(Terms, then.id, touch.at_ms)
    window_days = terms_then.window_days if terms_then else DEFAULT_WINDOW_DAYS
    if at_ms - touch.at_ms > window_days * DAY_MS:
        return _Claim(None, "outside_window")
    return _Claim(paying, "")


def _newest(
    partner_id: str, objective: Objective, at_ms: int, view: View
) -> tuple[Agreement, Terms] | None:
    """Of the partner's agreements begun by then, in whatever state, the last in the catalog."""
    begun = _in_force(view.agreements(partner_id, objective.id), at_ms, view, active=False)
    return max(begun, key=lambda pair: pair[0].sequence, default=None)


def _in_force(
    agreements: list[Agreement], at_ms: int, view: View, *, active: bool
) -> Iterator[tuple[Agreement, Terms]]:
    for agreement in agreements:
        standing = view.in_force(Standing, agreement.id, at_ms)
        terms = view.in_force(Terms, agreement.id, at_ms)
        if standing and terms and (not active or standing.status == "active"):
            yield agreement, terms


def _against(
    touch: KeptTouch, reached: Reached, event: Event, site: Site, view: View
) -> Iterator[Reason]:
    """What speaks against the event, and against the touch's networks in the event's catalog."""
    if event.test:
        yield "test"
    if event.too_old:
        yield "too_old"
    if is_elsewhere(event, site):
        yield "wrong_host"
    if event.consent == "denied":
        yield "consent_denied"
    if reached.count == "order" and not reached.order:
        yield "no_order"
    yield from owners_seen(
        view,
        site.advertiser_id,
        touch.partner_id,
        networks=touch.networks,
        at_ms=touch.at_ms,
    )
    if event.type != "conversion":
        yield from _against_client(touch, event, site, view)


def _against_client(touch: KeptTouch, event: Event, site: Site, view: View) -> Iterator[Reason]:
    """Network and agent; of a server item they are its caller's and never judged."""
    if event.verdict == "bot" or event.verdict == "preview":
        yield event.verdict
    yield from owners_seen(
        view,
        site.advertiser_id,
        touch.partner_id,
        networks=event.networks,
        at_ms=event.occurred_at,
        cookies=event.partner_cookie,
    )
