"""What a file changes of an account: its record, profile, owner, and own networks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Protocol

from partnerships.declaration.reading import Entry
from partnerships.declaration.versions import change, next_version
from partnerships.declaration.world import World
from partnerships.declaration.writes import (
    Change,
    Publish,
    SealRange,
    SetOwner,
    SetProfile,
    Write,
)
from partnerships.known import Owner, Profile
from partnerships.networks import NetworkKey, range_hash
from partnerships.records import Account, Exclusion

FOR_EVER_MS: Final = 253_402_300_800_000
"""The end of the year 9999: an exclusion that nobody ended."""


class Passwords(Protocol):
    """Hashes passwords slowly, each with its own salt."""

    def hash(self, password: str) -> str:
        """A hash that `matches` recognises."""

    def matches(self, password: str, hashed: str) -> bool:
        """Whether the hash is this password's."""


def account_change(entry: Entry, world: World, key: NetworkKey, passwords: Passwords) -> Change:
    """The writes of one account."""
    known = world.view.get(Account, entry.id)
    wanted = Account(
        id=entry.id,
        name=entry.values["name"],
        zone=entry.values["zone"],
        currency=entry.values["currency"],
    )
    writes: list[Write] = []
    if record := next_version(known, wanted):
        writes.append(Publish(record))
    writes += _profile_writes(entry, world)
    writes += _owner_writes(entry, world, passwords)
    writes += _network_writes(entry, world, key)
    return change("accounts", entry.id, writes, is_new=known is None)


def _profile_writes(entry: Entry, world: World) -> Iterator[Write]:
    known = world.known.profiles.get(entry.id)
    said = {
        field: entry.values[field]
        for field in ("legal_name", "country", "card", "transfers")
        if entry.has(field)
    }
    wanted = replace(known or Profile(legal_name=entry.values["name"]), **said)
    if wanted != known:
        yield SetProfile(entry.id, wanted)


def _owner_writes(entry: Entry, world: World, passwords: Passwords) -> Iterator[Write]:
    known = world.known.owners.get(entry.id)
    email = entry.get("email") or (known.email if known else None)
    if email is None:
        return
    hashed = known.password_hash if known else None
    password = entry.get("password")
    if password and not (hashed and passwords.matches(password, hashed)):
        hashed = passwords.hash(password)
    wanted = Owner(entry.id, email, hashed)
    if wanted != known:
        yield SetOwner(wanted)


def _network_writes(entry: Entry, world: World, key: NetworkKey) -> Iterator[Write]:
    for declared in entry.get("networks") or ():
        network = range_hash(declared["range"], key)
        from_ms = world.start_ms(declared["from"], entry.id)
        until_ms = world.start_ms(declared["until"], entry.id)
        wanted = Exclusion(
            id=f"{entry.id}/{network}",
            account_id=entry.id,
            network=network,
            from_ms=from_ms if from_ms is not None else 0,
            until_ms=until_ms if until_ms is not None else FOR_EVER_MS,
        )
        known = world.view.get(Exclusion, wanted.id)
        if record := next_version(known, wanted):
            yield Publish(record)
            yield SealRange(record.id, declared["range"])
