"""The address of a page about a period: range, comparison and metric live in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, get_args
from urllib.parse import urlencode

from dashboards.views import ranges
from dashboards.views.overview import Asked
from dashboards.views.ranges import Against, BadRange
from dashboards.views.tiles import Metric

_DEFAULTS: Final = {"range": "month", "against": "before", "metric": "billable"}


@dataclass(frozen=True, slots=True)
class Address:
    """A path and what was asked for; `with_(…)` is the same page asked for something else."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        kept = {k: v for k, v in self.query.items() if v and _DEFAULTS.get(k) != v}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def with_(self, **changes: str) -> "Address":
        """The same page with other answers; "" removes one."""
        return Address(self.path, {**self.query, **changes})

    def at(self, path: str) -> "Address":
        """Another page with the same answers."""
        return Address(path, self.query)


NAMES: Final = ("range", "from", "to", "against", "metric")


def address_of(path: str, given: Mapping[str, str]) -> Address:
    """The address with what it understands of a query."""
    return Address(path, {name: given[name] for name in NAMES if given.get(name)})


def asked_of(address: Address, zone: str, now_ms: int) -> Asked:
    """What the address asks for; a range that can't be used is a problem beside the default."""
    query = address.query
    against: Against = next(
        (each for each in get_args(Against) if each == query.get("against")), "before"
    )
    metric: Metric = next(
        (each for each in get_args(Metric) if each == query.get("metric")), "billable"
    )
    preset, first, last = (query.get(name, "") for name in ("range", "from", "to"))
    try:
        shown = ranges.chosen(preset, first, last, zone, now_ms)
    except BadRange as problem:
        return Asked(ranges.chosen("", "", "", zone, now_ms), against, metric, str(problem))
    return Asked(shown, against, metric)
