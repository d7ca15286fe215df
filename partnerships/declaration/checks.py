"""Checks a partnerships file as a whole, against itself and against what is known.

Each check tells all it finds and leaves out what it cannot judge because a value is missing.
"""

from collections.abc import Callable, Iterator
from typing import Final

from partnerships.declaration.agreement_checks import check_agreement
from partnerships.declaration.problems import Problem
from partnerships.declaration.reading import Entry
from partnerships.declaration.site_checks import (
    check_campaign,
    check_link,
    check_objective,
    check_referrer,
    check_site,
)
from partnerships.declaration.world import World
from partnerships.records import Account, Agreement

Check = Callable[[Entry, World], Iterator[Problem]]

_IDENTITY: Final = {
    "accounts": ("id",),
    "sites": ("id",),
    "objectives": ("id",),
    "agreements": ("id",),
    "links": ("site", "partner"),
    "campaigns": ("site", "parameter", "value"),
    "referrers": ("site", "host"),
}
_REFERENCES: Final = {
    "sites": {"account": "accounts"},
    "objectives": {"site": "sites"},
    "agreements": {"site": "sites", "partner": "accounts", "objective": "objectives"},
    "links": {"site": "sites", "partner": "accounts"},
    "campaigns": {"site": "sites", "partner": "accounts"},
    "referrers": {"site": "sites", "partner": "accounts"},
}


def check(world: World) -> list[Problem]:
    """Every problem of a file, in the order of its tables, those of reading included."""
    found = list(world.file.problems)
    for table, entries in world.file.entries.items():
        for entry in entries:
            found.extend(_check_identity(entry, world))
            found.extend(_check_references(entry, world))
            found.extend(_CHECKS[table](entry, world))
    order = list(world.file.entries)
    return sorted(found, key=lambda problem: (_place(order, problem.table), problem.index))


def _place(order: list[str], table: str) -> int:
    return order.index(table) if table in order else -1


def _check_identity(entry: Entry, world: World) -> Iterator[Problem]:
    names = _IDENTITY[entry.table]
    if not entry.has(*names):
        return
    for other in world.earlier(entry):
        if all(other.get(name) == entry.get(name) for name in names):
            what = " and ".join(names)
            yield entry.problem(names[-1], f"the same {what} as entry {other.index}")
            return


def _check_references(entry: Entry, world: World) -> Iterator[Problem]:
    for field, table in _REFERENCES.get(entry.table, {}).items():
        if entry.has(field) and not world.exists(table, entry.get(field)):
            yield entry.problem(field, f"{entry.get(field)!r} is not among the {table}")


def _check_account(entry: Entry, world: World) -> Iterator[Problem]:
    account = world.view.get(Account, entry.id)
    if account and _has_agreements(account.id, world):
        for field, known in (("zone", account.zone), ("currency", account.currency)):
            if entry.get(field) not in (None, known):
                yield entry.problem(field, f"stays {known}: days and sums are counted in it")
    named = entry.has("email") or "email" in entry.broken or entry.id in world.known.owners
    if entry.has("password") and not named:
        yield entry.problem("email", "is missing: who signs in with the password?")
    yield from _check_email(entry, world)


def _has_agreements(account_id: str, world: World) -> bool:
    return any(
        account_id in (agreement.advertiser_id, agreement.partner_id)
        for agreement in world.view.all(Agreement)
    )


def _check_email(entry: Entry, world: World) -> Iterator[Problem]:
    email = entry.get("email")
    if email is None:
        return
    owners = [other.id for other in world.earlier(entry) if other.get("email") == email]
    owners += [
        owner.account_id
        for owner in world.known.owners.values()
        if owner.email == email and owner.account_id != entry.id
    ]
    if owners:
        yield entry.problem("email", f"belongs to the account {owners[0]!r} already")


_CHECKS: Final[dict[str, Check]] = {
    "accounts": _check_account,
    "sites": check_site,
    "objectives": check_objective,
    "agreements": check_agreement,
    "links": check_link,
    "campaigns": check_campaign,
    "referrers": check_referrer,
}
