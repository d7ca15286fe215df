"""What a file changes of a site: itself, its objectives, and the forms of its partners."""

from collections.abc import Callable

from msgspec.structs import replace

from partnerships.declaration.reading import Entry
from partnerships.declaration.versions import change, next_version
from partnerships.declaration.world import World, count_of
from partnerships.declaration.writes import Change, Publish
from partnerships.records import Campaign, Link, Objective, ReferrerHost, Site

Draw = Callable[[], str]
"""Draws a random text that nobody guesses, for a link's code or a site's key."""


def site_change(entry: Entry, world: World, draw: Draw) -> Change:
    """The writes of one site."""
    known = world.view.get(Site, entry.id)
    verified = world.start_ms(entry.get("verified_from"), entry.values["account"])
    wanted = Site(
        id=entry.id,
        advertiser_id=entry.values["account"],
        key=entry.get("key") or (known.key if known else f"ck_{draw()}"),
        hosts=entry.values["hosts"],
        landing_url=entry.values["landing"],
        verified_from_ms=known.verified_from_ms if verified is None and known else verified,
    )
    record = next_version(known, wanted)
    return change("sites", entry.id, [Publish(record)] if record else [], is_new=known is None)


def objective_change(entry: Entry, world: World) -> Change:
    """The writes of one objective; a later version holds from its announcement on."""
    known = world.view.get(Objective, entry.id)
    first = world.start_ms(entry.get("from"), world.advertiser(entry.values["site"])) or 0
    wanted = Objective(
        id=entry.id,
        site_id=entry.values["site"],
        name=entry.values["name"],
        type=entry.values["type"],
        count=count_of(entry),
        credit=entry.get("credit") or (known.credit if known else "last"),
        page=entry.get("page"),
        event=entry.get("event"),
        server=bool(entry.get("server")),
        effective_from_ms=known.effective_from_ms if known else first,
    )
    record = next_version(known, wanted)
    if record is None:
        writes = []
    elif known is None:
        writes = [Publish(record)]
    else:
        record = replace(record, effective_from_ms=world.now_ms)
        writes = [Publish(record, from_publication=True)]
    return change("objectives", entry.id, writes, is_new=known is None)


def link_change(
    site_id: str, partner_id: str, entry: Entry | None, world: World, draw: Draw
) -> Change:
    """The writes of a partner's link to a site, which is made if nobody named one."""
    known = next(
        (
            link
            for link in world.view.all(Link)
            if (link.site_id, link.partner_id) == (site_id, partner_id)
        ),
        None,
    )
    landing = (entry and entry.get("landing")) or (known and known.landing_url)
    wanted = Link(
        id=known.id if known else ((entry and entry.get("code")) or draw()),
        partner_id=partner_id,
        site_id=site_id,
        landing_url=landing or world.landing(site_id) or "",
    )
    record = next_version(known, wanted)
    return change("links", wanted.id, [Publish(record)] if record else [], is_new=known is None)


def campaign_change(entry: Entry, world: World) -> Change:
    """The writes of one campaign."""
    site_id, parameter = entry.values["site"], entry.values["parameter"]
    known = world.view.campaign(site_id, parameter, entry.values["value"])
    wanted = Campaign(
        id=f"{site_id}/{parameter}={entry.values['value']}",
        partner_id=entry.values["partner"],
        site_id=site_id,
        parameter=parameter,
        value=entry.values["value"],
        effective_from_ms=_form_from_ms(entry, world),
    )
    writes = [] if known else [Publish(wanted)]
    return change("campaigns", wanted.id, writes, is_new=known is None)


def referrer_change(entry: Entry, world: World) -> Change:
    """The writes of one referrer host."""
    wanted = ReferrerHost(
        id=f"{entry.values['site']}/{entry.values['host']}",
        partner_id=entry.values["partner"],
        site_id=entry.values["site"],
        host=entry.values["host"],
        effective_from_ms=_form_from_ms(entry, world),
    )
    known = world.view.get(ReferrerHost, wanted.id)
    writes = [] if known else [Publish(wanted)]
    return change("referrers", wanted.id, writes, is_new=known is None)


def _form_from_ms(entry: Entry, world: World) -> int:
    return world.start_ms(entry.get("from"), world.advertiser(entry.values["site"])) or 0
