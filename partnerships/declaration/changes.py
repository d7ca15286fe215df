"""The changes a checked file means; applied again it means none.

A field that the file leaves out stays as it is known, or takes its default. Objects that the file
does not name stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from partnerships.declaration.account_changes import Passwords, account_change
from partnerships.declaration.agreement_changes import agreement_change, waiting_changes
from partnerships.declaration.site_changes import (
    Draw,
    campaign_change,
    link_change,
    objective_change,
    referrer_change,
    site_change,
)
from partnerships.declaration.versions import change
from partnerships.declaration.world import World
from partnerships.declaration.writes import Change, SetInstallation
from partnerships.networks import NetworkKey


@dataclass(frozen=True, slots=True)
class Means:
    """What the changes need beside the file. `network_key`: hashes declared ranges."""

    network_key: NetworkKey
    passwords: Passwords
    draw: Draw


def changes(world: World, means: Means) -> Iterator[Change]:
    """All changes, in an order in which each object comes after those it names.

    The file has no problems: `checks.check` found none.
    """
    entries = world.file.entries
    yield from _installation_change(world)
    for entry in entries["accounts"]:
        yield account_change(entry, world, means.network_key, means.passwords)
    for entry in entries["sites"]:
        yield site_change(entry, world, means.draw)
    for entry in entries["objectives"]:
        yield objective_change(entry, world)
    for entry in entries["agreements"]:
        yield agreement_change(entry, world)
    yield from waiting_changes(world)
    yield from _link_changes(world, means.draw)
    for entry in entries["campaigns"]:
        yield campaign_change(entry, world)
    for entry in entries["referrers"]:
        yield referrer_change(entry, world)


def _installation_change(world: World) -> Iterator[Change]:
    if world.file.installation.values:
        known, wanted = world.known.installation, world.installation
        writes = [SetInstallation(wanted)] if wanted != known else []
        yield change("installation", "", writes, is_new=known is None)


def _link_changes(world: World, draw: Draw) -> Iterator[Change]:
    """The links of the file, and one for each agreement of it that has none."""
    pairs: dict[tuple[Any, Any], Any] = {}
    for entry in (*world.file.entries["links"], *world.file.entries["agreements"]):
        link = entry if entry.table == "links" else None
        pairs.setdefault((entry.values["site"], entry.values["partner"]), link)
    for (site_id, partner_id), link in pairs.items():
        yield link_change(site_id, partner_id, link, world, draw)
