"""The catalog as read so far, with what a collector looks up for every event resolved once.

One snapshot never changes its answers; a newer one takes its place when the catalog grew.
"""

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256

from partnerships.catalog import (
    Account,
    Agreement,
    Link,
    Objective,
    ServerKey,
    Site,
    View,
)
from partnerships.patterns import Pattern, PatternError


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A site as the collector needs it. `kept`: the query parameters that somebody named there."""

    id: str
    advertiser_id: str
    zone: str
    hosts: frozenset[str]
    landing_url: str
    kept: frozenset[str]


class Snapshot:
    """The catalog as of `pin`, read at `at_ms`. Not for use by several threads at once."""

    def __init__(self, view: View, pin: int, at_ms: int) -> None:
        self.view = view
        self.pin = pin
        self._at_ms = at_ms
        self._sites: dict[str, KnownSite | None] = {}
        self._keys = {key.secret_sha256: key for key in view.all(ServerKey) if not key.revoked}
        self._agreements: dict[tuple[str, str], list[str]] = defaultdict(list)
        for agreement in view.all(Agreement):
            self._agreements[agreement.partner_id, agreement.site_id].append(agreement.id)

    def site_with_key(self, key: str) -> KnownSite | None:
        """The site of a tag's public key."""
        site = self.view.site_with_key(key)
        return self.site(site.id) if site else None

    def site(self, site_id: str) -> KnownSite | None:
        """The site of an id."""
        if site_id not in self._sites:
            found = self.view.get(Site, site_id)
            if found is None:
                return None
            self._sites[site_id] = self._known(found)
        return self._sites[site_id]

    def server_key(self, secret: str) -> ServerKey | None:
        """The key, not revoked, that has this secret."""
        return self._keys.get(sha256(secret.encode("utf-8", "surrogatepass")).hexdigest())

    def link(self, code: str) -> Link | None:
        """The link of a code."""
        return self.view.get(Link, code)

    def objective(self, objective_id: str) -> Objective | None:
        """The newest version of an objective."""
        return self.view.get(Objective, objective_id)

    def tracks(self, link: Link, at_ms: int) -> bool:
        """Whether the link's partner has an agreement on its site that counts at the instant."""
        agreements = self._agreements.get((link.partner_id, link.site_id), ())
        return any(self.view.active(agreement_id, at_ms) for agreement_id in agreements)

    def _known(self, site: Site) -> KnownSite | None:
        account = self.view.get(Account, site.advertiser_id)
        if account is None:
            return None
        return KnownSite(
            id=site.id,
            advertiser_id=site.advertiser_id,
            zone=account.zone,
            hosts=frozenset(site.hosts),
            landing_url=site.landing_url,
            kept=self.view.campaign_parameters(site.id) | self._named_by_objectives(site.id),
        )

    def _named_by_objectives(self, site_id: str) -> frozenset[str]:
        in_force = self.view.objectives(site_id, self._at_ms)
        announced = [found for found in self.view.all(Objective) if found.site_id == site_id]
        pages = {objective.page for objective in [*in_force, *announced] if objective.page}
        return frozenset[str]().union(*map(_parameters_of, pages))


def _parameters_of(page: str) -> frozenset[str]:
    try:
        return Pattern(page).parameters
    except PatternError:
        # The catalog holds only what was checked; a pattern of a newer release names nothing yet.
        return frozenset()
