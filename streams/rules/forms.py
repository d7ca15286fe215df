"""Which partner an arrival names: by token, code, campaign or referrer (rules.md §4).

The first form present, in this order, decides; if it names nobody, no other is tried.
"""

from typing import Final, NamedTuple

from ingest.events import Event, Token
from partnerships.catalog import Link, Site, View
from streams.facts import Form
from streams.rules.memory import DAY_MS

TOKEN_AGE_MS: Final = DAY_MS
"""A token counts this long after its click, to the millisecond and inclusive."""


class Arrival(NamedTuple):
    """The partner that brought a visitor, and how we know. `nonce`: of the token, else ""."""

    partner_id: str
    form: Form
    link: str = ""
    nonce: str = ""


def arrival(event: Event, site: Site, view: View) -> Arrival | None:
    """Who brought the visitor of this page."""
    if event.token is not None:
        return _by_fresh_token(event.token, event, site, view)
    if event.code:
        return _by_link(event.code, "code", site, view)
    return _by_campaign(event, site, view) or _by_referrer(event, site, view)


def by_token(token: Token, site: Site, view: View) -> Arrival | None:
    """The partner of an authentic token, if its link belongs to the site."""
    found = _by_link(token.link, "token", site, view)
    return found and found._replace(nonce=token.nonce)


def by_hit(event: Event, site: Site, view: View) -> Arrival | None:
    """The partner whose link was hit by a `click`."""
    if event.token is not None:
        return by_token(event.token, site, view)
    code = event.code or event.path.rpartition("/")[2]
    return _by_link(code, "token", site, view)


def _by_fresh_token(token: Token, event: Event, site: Site, view: View) -> Arrival | None:
    if "bot" in token.flags or "preview" in token.flags:
        return None  # the click itself already became a refused touch
    if event.occurred_at - token.clicked_at > TOKEN_AGE_MS:
        return None
    return by_token(token, site, view)


def _by_link(code: str, form: Form, site: Site, view: View) -> Arrival | None:
    link = view.get(Link, code)
    if link is None or link.site_id != site.id:
        return None
    return Arrival(link.partner_id, form, link=link.id)


def _by_campaign(event: Event, site: Site, view: View) -> Arrival | None:
    for parameter, value in event.query:
        campaign = view.campaign(site.id, parameter, value)
        if campaign is not None and campaign.effective_from_ms <= event.occurred_at:
            return Arrival(campaign.partner_id, "campaign")
    return None


def _by_referrer(event: Event, site: Site, view: View) -> Arrival | None:
    if not event.referrer_host or event.referrer_host in site.hosts:
        return None
    referrer = view.referrer(site.id, event.referrer_host)
    if referrer is None or referrer.effective_from_ms > event.occurred_at:
        return None
    return Arrival(referrer.partner_id, "referrer")
