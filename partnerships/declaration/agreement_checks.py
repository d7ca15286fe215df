"""Checks what a file says of an agreement: who, about what, for how much, since when."""

from collections.abc import Iterator

from partnerships.declaration.problems import Problem
from partnerships.declaration.reading import Entry
from partnerships.declaration.world import World
from partnerships.money import FeeGroup, format_amount, parse_amount
from partnerships.records import Agreement
from partnerships.terms import PAYER_SHARE_BPS, one_cost_minor

_FIXED = {"site": "site_id", "partner": "partner_id", "objective": "objective_id"}


def check_agreement(entry: Entry, world: World) -> Iterator[Problem]:
    """All that can be wrong with an agreement beyond its single values."""
    agreement = world.view.get(Agreement, entry.id)
    for field, attribute in _FIXED.items():
        known = getattr(agreement, attribute, None)
        if known and entry.get(field) not in (None, known):
            yield entry.problem(field, f"stays {known!r}: make another agreement instead")
    advertiser = world.advertiser(entry.get("site") or "")
    if advertiser and advertiser == entry.get("partner"):
        yield entry.problem("partner", "You can't invite yourself: the site is of this account")
    objective_site = world.objective_site(entry.get("objective") or "")
    if objective_site and entry.get("site") not in (None, objective_site):
        yield entry.problem("objective", f"is an objective of the site {objective_site!r}")
    yield from _check_money(entry, world, advertiser)
    yield from _check_times(entry, world, advertiser)
    yield from _check_alone(entry, world)


def _check_money(entry: Entry, world: World, advertiser: str | None) -> Iterator[Problem]:
    currency = world.currency(advertiser) if advertiser else None
    if currency is None:
        return
    minor: dict[str, int] = {}
    for field in ("price", "budget"):
        try:
            minor[field] = parse_amount(entry.values[field], currency)
        except KeyError:
            continue
        except ValueError as error:
            yield entry.problem(field, str(error))
    kind = world.objective_type(entry.get("objective") or "")
    if len(minor) < 2 or kind is None or not entry.has("fee_paid_by"):
        return
    share = PAYER_SHARE_BPS[entry.get("fee_paid_by")]
    rate = world.rate_bps(entry.id, minor["price"], share)
    cost = one_cost_minor(minor["price"], FeeGroup(rate, share))
    if minor["budget"] < cost:
        budget, one = (format_amount(each, currency) for each in (minor["budget"], cost))
        yield entry.problem(
            "budget",
            f"The budget, {currency} {budget}, is less than one {kind}, {currency} {one}. "
            "Raise the budget or lower the price.",
        )


def _check_times(entry: Entry, world: World, advertiser: str | None) -> Iterator[Problem]:
    accepted = world.start_ms(entry.get("accepted_on"), advertiser)
    standings = world.standings(entry.id)
    site = entry.get("site")
    if accepted is not None and standings and accepted != standings[0].effective_from_ms:
        yield entry.problem("accepted_on", "stays as it is: the agreement is accepted already")
    elif accepted is not None and accepted > world.now_ms:
        yield entry.problem("accepted_on", "should not lie ahead")
    elif accepted is not None and site and not world.is_verified(site):
        yield entry.problem("site", "is not verified: without verified_from nothing can count")
    ended = world.start_ms(entry.get("ended_on"), advertiser)
    if ended is None or "accepted_on" in entry.broken:
        return
    begun = standings[0].effective_from_ms if standings else accepted
    if begun is None:
        yield entry.problem("ended_on", "needs accepted_on: it has not begun")
    elif ended <= begun:
        yield entry.problem("ended_on", "should be a day after accepted_on")
    elif world.is_over(entry.id) and standings[-1].effective_from_ms != ended:
        yield entry.problem("ended_on", "stays as it is: the end is agreed already")
    elif standings and not world.is_over(entry.id) and ended < world.now_ms:
        yield entry.problem("ended_on", "should be a day that has not begun")


def _check_alone(entry: Entry, world: World) -> Iterator[Problem]:
    """At most one agreement that goes on, per partner, site and objective."""
    about = ("partner", "objective")
    if not entry.has(*about) or _ends(entry, world):
        return
    rivals = [
        other.id
        for other in world.earlier(entry)
        if all(other.get(name) == entry.get(name) for name in about) and not _ends(other, world)
    ]
    declared = {other.id for other in world.file.entries["agreements"]}
    rivals += [
        agreement.id
        for agreement in world.view.agreements(entry.get("partner"), entry.get("objective"))
        if agreement.id not in declared and not world.is_over(agreement.id)
    ]
    if rivals and rivals[0] != entry.id:
        message = f"{rivals[0]!r} is about this objective with this partner already"
        yield entry.problem("objective", message)


def _ends(entry: Entry, world: World) -> bool:
    return "ended_on" in entry.broken or entry.has("ended_on") or world.is_over(entry.id)
