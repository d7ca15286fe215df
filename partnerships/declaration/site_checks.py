"""Checks what a file says of a site: its hosts, objectives, and the forms of its partners."""

from collections.abc import Iterator

from partnerships.declaration.problems import Problem
from partnerships.declaration.reading import Entry
from partnerships.declaration.world import World, count_of, match_of
from partnerships.hosts import host_of, is_registry, is_search_engine, is_within
from partnerships.objectives import problems as objective_problems
from partnerships.records import Link, Objective, Site


def check_site(entry: Entry, world: World) -> Iterator[Problem]:
    """A host and a key belong to one site; the owner and the day of verification stay."""
    site = world.view.get(Site, entry.id)
    if site and entry.get("account") not in (None, site.advertiser_id):
        yield entry.problem("account", f"stays {site.advertiser_id!r}: a site can't move")
    if site and site.verified_from_ms is not None and entry.has("verified_from"):
        start = world.start_ms(entry.get("verified_from"), site.advertiser_id)
        if start not in (None, site.verified_from_ms):
            yield entry.problem("verified_from", "stays as it is: the site is verified already")
    yield from _check_landing(entry, entry.get("hosts"))
    yield from _check_taken(entry, world)


def _check_taken(entry: Entry, world: World) -> Iterator[Problem]:
    taken = [(other.id, other.get("key"), other.get("hosts")) for other in world.earlier(entry)]
    declared = {other.id for other in world.file.entries["sites"]}
    for site in world.view.all(Site):
        if site.id not in declared:
            taken.append((site.id, site.key, site.hosts))
    for site_id, key, hosts in taken:
        if entry.has("key") and entry.get("key") == key:
            yield entry.problem("key", f"is the key of the site {site_id!r} already")
        for host in entry.get("hosts") or ():
            if host in (hosts or ()) and site_id != entry.id:
                yield entry.problem("hosts", f"{host} belongs to the site {site_id!r} already")


def _check_landing(entry: Entry, hosts: tuple[str, ...] | None) -> Iterator[Problem]:
    if hosts and entry.has("landing") and host_of(entry.get("landing")) not in hosts:
        yield entry.problem("landing", f"should be a page on {' or '.join(hosts)}")


def check_objective(entry: Entry, world: World) -> Iterator[Problem]:
    """An objective is matched in one way; its site, type and count never change."""
    if not entry.has("type") or entry.broken & {"page", "event", "server", "count"}:
        return
    wrong = list(objective_problems(entry.get("type"), match_of(entry), entry.get("count")))
    yield from (entry.problem(field, message) for field, message in wrong)
    objective = world.view.get(Objective, entry.id)
    if not objective or wrong:
        return
    for field, said, known in (
        ("site", entry.get("site"), objective.site_id),
        ("type", entry.get("type"), objective.type),
        ("count", count_of(entry), objective.count),
    ):
        if said not in (None, known):
            yield entry.problem(field, f"stays {known!r}: make another objective instead")
    first = world.view.versions(Objective, entry.id)[0]
    start = world.start_ms(entry.get("from"), world.advertiser(objective.site_id))
    if start not in (None, first.effective_from_ms):
        yield entry.problem("from", "stays as it is: the objective counts already")


def check_link(entry: Entry, world: World) -> Iterator[Problem]:
    """A partner has one link to a site, whose code never changes, to a page of that site."""
    known = [
        link
        for link in world.view.all(Link)
        if (link.site_id, link.partner_id) == (entry.get("site"), entry.get("partner"))
    ]
    code = entry.get("code")
    if known and code not in (None, known[0].id):
        yield entry.problem("code", f"stays {known[0].id!r}: it is shared already")
    elif code and not known:
        earlier = [other.index for other in world.earlier(entry) if other.get("code") == code]
        if earlier:
            yield entry.problem("code", f"the same code as entry {earlier[0]}")
        elif world.view.get(Link, code):
            yield entry.problem("code", "belongs to another link already")
    yield from _check_landing(entry, world.hosts(entry.get("site") or ""))


def check_campaign(entry: Entry, world: World) -> Iterator[Problem]:
    """A parameter and value mean one partner of the site, from a day that stays."""
    if not entry.has("site", "parameter", "value"):
        return
    known = world.view.campaign(entry.get("site"), entry.get("parameter"), entry.get("value"))
    if known:
        yield from _check_form(entry, world, known.partner_id, known.effective_from_ms)


def check_referrer(entry: Entry, world: World) -> Iterator[Problem]:
    """A host means one partner of the site, from a day that stays; it can send visitors."""
    if not entry.has("site", "host"):
        return
    host = entry.get("host")
    if is_search_engine(host):
        yield entry.problem("host", f"{host} is a search engine: no partner sent who searched")
    elif is_registry(host):
        yield entry.problem("host", f"{host} is no one's own: name a host below it")
    for own in world.hosts(entry.get("site")) or ():
        if is_within(own, host) or is_within(host, own):
            yield entry.problem("host", f"{host} is the site's own host or one of its domain")
            break
    known = world.view.referrer(entry.get("site"), host)
    if known and known.host == host:
        yield from _check_form(entry, world, known.partner_id, known.effective_from_ms)


def _check_form(
    entry: Entry, world: World, partner_id: str, effective_from_ms: int
) -> Iterator[Problem]:
    if entry.get("partner") not in (None, partner_id):
        yield entry.problem("partner", f"it means {partner_id!r} on this site already")
    start = world.start_ms(entry.get("from"), world.advertiser(entry.get("site")))
    if start not in (None, effective_from_ms):
        yield entry.problem("from", "stays as it is: visitors are credited already")
