"""Applies a partnerships file: all of it in one transaction, or nothing and every reason."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from partnerships.declaration.changes import Means, changes
from partnerships.declaration.checks import check
from partnerships.declaration.problems import DeclarationError
from partnerships.declaration.reading import read_declaration
from partnerships.declaration.world import World
from partnerships.declaration.writes import (
    Accept,
    Change,
    Propose,
    Publish,
    SealRange,
    SetInstallation,
    SetOwner,
    SetProfile,
    Write,
)
from partnerships.known import Application
from partnerships.networks import NetworkKey
from partnerships.passwords import Argon2Passwords
from partnerships.sealing import seal
from partnerships.store import private
from partnerships.store.store import Change as StoreChange
from partnerships.store.store import Store

# No letters that are mistaken for each other where a code is read aloud or from paper.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_DRAWN = 12


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of each object, and the catalog's sequence after it."""

    changes: tuple[Change, ...]
    sequence: int


def apply(
    store: Store,
    text: str,
    replacements: Mapping[str, str],
    network_key: NetworkKey,
    now_ms: int,
) -> Applied:
    """Apply a file as the operator; raises DeclarationError with every problem of it.

    Each `{NAME}` of the replacements is replaced in the text first. Applied again, a file changes
    nothing.
    """
    declaration = read_declaration(text, replacements)
    means = Means(network_key, Argon2Passwords(), draw_code)
    with store.changing() as change:
        world = World(declaration, private.read_known(change.connection), now_ms)
        if problems := check(world):
            raise DeclarationError(problems)
        made = tuple(changes(world, means))
        for each in made:
            for write in each.writes:
                _carry_out(write, change, network_key)
        private.note_application(change.connection, _note(text, made, now_ms))
    return Applied(made, store.sequence())


def _note(text: str, made: tuple[Change, ...], now_ms: int) -> Application:
    """What the audit keeps: which file, and the objects that it changed."""
    changed = tuple((each.table, each.id, each.outcome) for each in made if each.writes)
    return Application(now_ms, sha256(text.encode()).hexdigest(), changed)


def draw_code() -> str:
    """A random code that nobody guesses."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_DRAWN))


def _carry_out(write: Write, change: StoreChange, key: NetworkKey) -> None:
    connection = change.connection
    match write:
        case Publish(record, from_publication):
            change.publish(record, from_publication=from_publication)
        case Propose(agreement, proposal):
            change.keep(agreement)
            private.write_proposal(connection, agreement.id, proposal)
        case Accept(agreement_id):
            private.drop_proposal(connection, agreement_id)
        case SetInstallation(installation):
            private.write_installation(connection, installation)
        case SetProfile(account_id, profile):
            private.write_profile(connection, account_id, profile)
        case SetOwner(owner):
            private.write_owner(connection, owner)
        case SealRange(exclusion_id, text):
            private.write_sealed_range(connection, exclusion_id, seal(text, key))
