"""The catalog as of a pin: what both sides had agreed when an envelope was written.

A `View` answers from the records up to one sequence number and nothing else, so a decision made
twice sees the same partnerships (rules.md §6).
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from partnerships.records import (
    Account,
    Agreement,
    Budget,
    Campaign,
    CatalogRecord,
    Collector,
    Count,
    Credit,
    Exclusion,
    Link,
    Objective,
    ObjectiveType,
    Record,
    ReferrerHost,
    ServerKey,
    Site,
    Standing,
    Status,
    Terms,
    decode,
    encode,
    key_of,
)

__all__ = [
    "Account",
    "Agreement",
    "Budget",
    "Campaign",
    "Catalog",
    "CatalogRecord",
    "Collector",
    "Count",
    "Credit",
    "Exclusion",
    "Link",
    "Objective",
    "ObjectiveType",
    "Record",
    "ReferrerHost",
    "ServerKey",
    "Site",
    "Standing",
    "Status",
    "Terms",
    "View",
    "decode",
    "encode",
    "key_of",
]

# Pins seldom move; a worker meets a handful of them at once.
_VIEWS_KEPT: Final = 16

R = TypeVar("R", bound=Record)
T = TypeVar("T", Objective, Standing, Terms)


class Catalog:
    """All records and collectors read so far, in any order, repeats included."""

    def __init__(self, records: Iterable[CatalogRecord | Collector] = ()) -> None:
        self.collectors: dict[str, Collector] = {}
        self.sequence = 0
        self._records: dict[bytes, CatalogRecord] = {}
        self._views: OrderedDict[int, View] = OrderedDict()
        for record in records:
            self.add(record)

    def add(self, record: CatalogRecord | Collector) -> None:
        """Take one record of the topic; `sequence` becomes the greatest one seen."""
        if isinstance(record, Collector):
            self.collectors[record.id] = record
            return
        self._records[key_of(record)] = record
        self.sequence = max(self.sequence, record.sequence)
        for pin in [pin for pin in self._views if pin >= record.sequence]:
            del self._views[pin]

    def at(self, pin: int) -> "View":
        """The catalog as of this sequence number; the caller has read up to it."""
        view = self._views.get(pin)
        if view is None:
            view = View(record for record in self._records.values() if record.sequence <= pin)
            self._views[pin] = view
            if len(self._views) > _VIEWS_KEPT:
                self._views.popitem(last=False)
        return view

    def records(self) -> list[CatalogRecord | Collector]:
        """Everything taken, in the order of sequence: what a collector keeps on its disk."""
        ordered = sorted(self._records.values(), key=lambda record: record.sequence)
        return [*ordered, *self.collectors.values()]


class View:
    """The catalog as of one pin. Ids that it does not know are answered by None or nothing."""

    def __init__(self, records: Iterable[CatalogRecord]) -> None:
        self._newest: dict[type[Record], dict[str, Record]] = defaultdict(dict)
        self._versions: dict[tuple[type[Record], str], list[Record]] = defaultdict(list)
        self._exclusions: dict[tuple[str, str], list[Exclusion]] = defaultdict(list)
        for record in sorted(records, key=lambda record: (record.version, record.sequence)):
            self._newest[type(record)][record.id] = record
            self._versions[type(record), record.id].append(record)
        for exclusion in self.all(Exclusion):
            self._exclusions[exclusion.account_id, exclusion.network].append(exclusion)
        self._site_of_key = {site.key: site for site in self.all(Site)}
        self._objectives: dict[str, list[str]] = defaultdict(list)
        for objective in self.all(Objective):
            self._objectives[objective.site_id].append(objective.id)
        self._agreements: dict[tuple[str, str], list[Agreement]] = defaultdict(list)
        for agreement in self.all(Agreement):
            self._agreements[agreement.partner_id, agreement.objective_id].append(agreement)
        self._campaigns: dict[str, dict[tuple[str, str], Campaign]] = defaultdict(dict)
        for campaign in self.all(Campaign):
            self._campaigns[campaign.site_id][campaign.parameter, campaign.value] = campaign
        self._referrers: dict[str, dict[str, ReferrerHost]] = defaultdict(dict)
        for referrer in self.all(ReferrerHost):
            self._referrers[referrer.site_id][referrer.host] = referrer

    def all(self, kind: type[R]) -> Iterator[R]:
        """The newest version of every object of a kind, in the order of ids."""
        newest = self._newest.get(kind, {})
        for object_id in sorted(newest):
            record = newest[object_id]
            assert isinstance(record, kind)
            yield record

    def get(self, kind: type[R], object_id: str) -> R | None:
        """The newest version of an object."""
        record = self._newest[kind].get(object_id)
        assert record is None or isinstance(record, kind)
        return record

    def versions(self, kind: type[R], object_id: str) -> list[R]:
        """Every version of an object, the oldest first."""
        found = self._versions.get((kind, object_id), ())
        return [record for record in found if isinstance(record, kind)]

    def in_force(self, kind: type[T], object_id: str, at_ms: int) -> T | None:
        """The highest version whose `effective_from_ms` is not after the instant."""
        for record in reversed(self._versions.get((kind, object_id), ())):
            assert isinstance(record, kind)
            if record.effective_from_ms <= at_ms:
                return record
        return None

    def site_with_key(self, key: str) -> Site | None:
        """The site whose public key stands in a tag."""
        return self._site_of_key.get(key)

    def objectives(self, site_id: str, at_ms: int) -> list[Objective]:
        """The site's objectives as they stood at the instant, in the order of ids."""
        found = (self.in_force(Objective, oid, at_ms) for oid in self._objectives.get(site_id, ()))
        return [objective for objective in found if objective is not None]

    def agreements(self, partner_id: str, objective_id: str) -> list[Agreement]:
        """All agreements, of whatever state, of a partner on an objective, in the order of ids."""
        return self._agreements.get((partner_id, objective_id), [])

    def active(self, agreement_id: str, at_ms: int) -> bool:
        """Whether the agreement counted results at the instant."""
        standing = self.in_force(Standing, agreement_id, at_ms)
        return standing is not None and standing.status == "active"

    def campaign(self, site_id: str, parameter: str, value: str) -> Campaign | None:
        """The partner of a campaign parameter and value on a site."""
        return self._campaigns.get(site_id, {}).get((parameter, value))

    def campaign_parameters(self, site_id: str) -> frozenset[str]:
        """The query parameters that any partner of the site has declared."""
        return frozenset(parameter for parameter, _ in self._campaigns.get(site_id, ()))

    def referrer(self, site_id: str, host: str) -> ReferrerHost | None:
        """The partner of a referrer host: the host itself or the nearest parent domain declared."""
        declared = self._referrers.get(site_id)
        while declared and host:
            if found := declared.get(host):
                return found
            _, _, host = host.partition(".")
        return None

    def excluded(self, account_id: str, networks: Iterable[str], at_ms: int) -> bool:
        """Whether one of these keyed networks was the account's own at the instant."""
        return any(
            exclusion.from_ms <= at_ms < exclusion.until_ms
            for network in networks
            for exclusion in self._exclusions.get((account_id, network), ())
        )
