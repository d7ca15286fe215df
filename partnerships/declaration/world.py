"""How things would stand if a file were applied: what it says, else what is known already.

A value that the file names but nobody could read is None, so that one mistake is reported once.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from partnerships.days import start_ms
from partnerships.declaration.reading import Declaration, Entry
from partnerships.known import Installation, Known
from partnerships.objectives import Match, default_count
from partnerships.patterns import Pattern
from partnerships.records import (
    Account,
    Agreement,
    Count,
    Objective,
    ObjectiveType,
    Record,
    Site,
    Standing,
    Terms,
)

_KINDS: Final[dict[str, type[Record]]] = {
    "accounts": Account,
    "sites": Site,
    "objectives": Objective,
    "agreements": Agreement,
}


class World:
    """Look-ups over a file and what is known; None where nothing can be said."""

    def __init__(self, file: Declaration, known: Known, now_ms: int) -> None:
        self.file = file
        self.known = known
        self.view = known.view
        self.now_ms = now_ms
        self._entries: dict[str, dict[str, Entry]] = defaultdict(dict)
        for table, entries in file.entries.items():
            for entry in entries:
                self._entries[table].setdefault(entry.id, entry)

    def exists(self, table: str, object_id: str) -> bool:
        """Whether the file or the store has the object."""
        known = self.view.get(_KINDS[table], object_id)
        return known is not None or object_id in self._entries[table]

    def earlier(self, entry: Entry) -> Iterator[Entry]:
        """The file's entries of the same table that come before this one."""
        yield from self.file.entries[entry.table][: entry.index - 1]

    def currency(self, account_id: str) -> str | None:
        """The currency of an account."""
        currency: str | None = self._said("accounts", account_id, "currency", "currency")
        return currency

    def start_ms(self, day: date | None, account_id: str | None) -> int | None:
        """The first instant of a day of the account."""
        zone = account_id and self._said("accounts", account_id, "zone", "zone")
        return start_ms(day, zone) if day and zone else None

    def has_card(self, account_id: str) -> bool:
        """Whether charges to the account have a payment method."""
        entry = self._entries["accounts"].get(account_id)
        profile = self.known.profiles.get(account_id)
        return bool((entry and entry.get("card")) or (profile and profile.card))

    def advertiser(self, site_id: str) -> str | None:
        """The account of a site."""
        account: str | None = self._said("sites", site_id, "account", "advertiser_id")
        return account

    def hosts(self, site_id: str) -> tuple[str, ...] | None:
        """The hosts of a site."""
        hosts: tuple[str, ...] | None = self._said("sites", site_id, "hosts", "hosts")
        return hosts

    def landing(self, site_id: str) -> str | None:
        """Where links to a site lead if they do not say."""
        landing: str | None = self._said("sites", site_id, "landing", "landing_url")
        return landing

    def is_verified(self, site_id: str) -> bool:
        """Whether results count on a site; a day that could not be read counts as one."""
        entry = self._entries["sites"].get(site_id)
        site = self.view.get(Site, site_id)
        declared = entry and (entry.has("verified_from") or "verified_from" in entry.broken)
        return bool(declared or (site and site.verified_from_ms is not None))

    @property
    def installation(self) -> Installation:
        """The operator's settings: as the file says, else as known, else by default."""
        return replace(self.known.installation or Installation(), **self.file.installation.values)

    def standings(self, agreement_id: str) -> list[Standing]:
        """The known states of an agreement, the oldest first; none while it is not accepted."""
        return self.view.versions(Standing, agreement_id)

    def is_over(self, agreement_id: str) -> bool:
        """Whether the agreement is known to have ended, or to end at a known time."""
        standings = self.standings(agreement_id)
        return bool(standings) and standings[-1].status == "ended"

    def rate_bps(self, agreement_id: str, price_minor: int, payer_share_bps: int) -> int:
        """The fee's rate: frozen in accepted terms that stay, else the installation's."""
        terms = self.view.get(Terms, agreement_id)
        stays = terms and (terms.price_minor, terms.payer_share_bps) == (
            price_minor,
            payer_share_bps,
        )
        return terms.fee_rate_bps if terms and stays else self.installation.fee_rate_bps

    def objective_site(self, objective_id: str) -> str | None:
        """The site of an objective."""
        site: str | None = self._said("objectives", objective_id, "site", "site_id")
        return site

    def objective_type(self, objective_id: str) -> ObjectiveType | None:
        """The type of an objective."""
        kind: ObjectiveType | None = self._said("objectives", objective_id, "type", "type")
        return kind

    def _said(self, table: str, object_id: str, field: str, attribute: str) -> Any:
        entry = self._entries[table].get(object_id)
        if entry:
            return entry.get(field)
        return getattr(self.view.get(_KINDS[table], object_id), attribute, None)


def match_of(entry: Entry) -> Match:
    """How an objective's entry is matched."""
    page = entry.get("page")
    return Match(Pattern(page) if page else None, entry.get("event"), bool(entry.get("server")))


def count_of(entry: Entry) -> Count:
    """What an objective's entry is counted by: as it says, or by default."""
    count: Count = entry.get("count") or default_count(entry.values["type"], match_of(entry))
    return count
