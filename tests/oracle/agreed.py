"""The partnerships file as the oracle reads it: what was agreed, in epoch milliseconds."""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHARE_OF_PAYER = {"partner": 0, "half": 5000, "payer": 10000}


@dataclass(frozen=True)
class Network:
    account: str
    addresses: ipaddress.IPv4Network | ipaddress.IPv6Network
    start: int
    end: int


@dataclass(frozen=True)
class Objective:
    id: str
    site: str
    type: str
    count: str
    first: bool
    page: str
    event: str
    server: bool


@dataclass(frozen=True)
class Agreement:
    id: str
    site: str
    partner: str
    objective: str
    price: int
    budget: int
    rate: int
    share: int
    window: int
    start: int
    end: int


@dataclass
class Agreed:
    """All of one file; `zone` and `currency` are the advertiser's of each site."""

    hosts: dict[str, set[str]] = field(default_factory=dict)
    advertiser: dict[str, str] = field(default_factory=dict)
    site_of_key: dict[str, str] = field(default_factory=dict)
    zone: dict[str, str] = field(default_factory=dict)
    verified: dict[str, int] = field(default_factory=dict)
    objectives: list[Objective] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    partner_of_code: dict[tuple[str, str], str] = field(default_factory=dict)
    partner_of_campaign: dict[tuple[str, str, str], str] = field(default_factory=dict)
    partner_of_host: dict[tuple[str, str], str] = field(default_factory=dict)

    def own(self, account: str, address: str, at: int) -> bool:
        """Whether the address was one of the account's own networks at that time."""
        if not address:
            return False
        ip = ipaddress.ip_address(address)
        return any(
            network.account == account
            and network.start <= at < network.end
            and ip.version == network.addresses.version
            and ip in network.addresses
            for network in self.networks
        )

    def agreements_on(self, partner: str, objective: str) -> list[Agreement]:
        return [a for a in self.agreements if (a.partner, a.objective) == (partner, objective)]


def midnight(day: date | None, zone: str, default: int) -> int:
    """The first instant of a day in a zone, in epoch ms."""
    if day is None:
        return default
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def cents(amount: str) -> int:
    whole, _, rest = amount.partition(".")
    return int(whole + (rest + "00")[:2])


def read(path: Path, replace: Mapping[str, str] = {}) -> Agreed:
    text = path.read_text()
    for name, value in replace.items():
        text = text.replace("{" + name + "}", value)
    file = tomllib.loads(text)
    zones = {account["id"]: account["zone"] for account in file["accounts"]}
    agreed = Agreed()
    for account in file["accounts"]:
        for network in account.get("networks", ()):
            agreed.networks.append(_network(account, network))
    for site in file["sites"]:
        agreed.hosts[site["id"]] = set(site["hosts"])
        agreed.advertiser[site["id"]] = site["account"]
        agreed.site_of_key[site["key"]] = site["id"]
        agreed.zone[site["id"]] = zones[site["account"]]
        never = 1 << 60
        agreed.verified[site["id"]] = midnight(
            site.get("verified_from"), zones[site["account"]], never
        )
    agreed.objectives = [_objective(objective) for objective in file["objectives"]]
    agreed.objectives.sort(key=lambda objective: objective.id)
    rate = file.get("installation", {}).get("fee_rate_bps", 1250)
    for agreement in file["agreements"]:
        agreed.agreements.append(_agreement(agreement, rate, agreed.zone[agreement["site"]]))
    for link in file.get("links", ()):
        agreed.partner_of_code[link["site"], link["code"]] = link["partner"]
    for form in file.get("campaigns", ()):
        agreed.partner_of_campaign[form["site"], form["parameter"], form["value"]] = form["partner"]
    for form in file.get("referrers", ()):
        agreed.partner_of_host[form["site"], form["host"]] = form["partner"]
    return agreed


def _network(account: dict[str, Any], network: dict[str, Any]) -> Network:
    zone = account["zone"]
    return Network(
        account["id"],
        ipaddress.ip_network(network["range"]),
        midnight(network.get("from"), zone, 0),
        midnight(network.get("until"), zone, 1 << 60),
    )


def _objective(objective: dict[str, Any]) -> Objective:
    kind, server = objective["type"], objective.get("server", False)
    default = {"click": "day", "lead": "visitor"}.get(kind)
    default = default or ("session" if objective.get("page") and not server else "order")
    count = "order" if server else objective.get("count", default)
    first = objective.get("credit", "last") == "first"
    page, event = objective.get("page", ""), objective.get("event", "")
    return Objective(objective["id"], objective["site"], kind, count, first, page, event, server)


def _agreement(agreement: dict[str, Any], rate: int, zone: str) -> Agreement:
    never = 1 << 60
    return Agreement(
        id=agreement["id"],
        site=agreement["site"],
        partner=agreement["partner"],
        objective=agreement["objective"],
        price=cents(agreement["price"]),
        budget=cents(agreement["budget"]),
        rate=rate,
        share=SHARE_OF_PAYER[agreement["fee_paid_by"]],
        window=agreement.get("window_days", 30) * 24 * 3_600_000,
        start=midnight(agreement.get("accepted_on"), zone, never),
        end=midnight(agreement.get("ended_on"), zone, never),
    )


def pattern(page: str) -> tuple[re.Pattern[str], list[str]]:
    """A page pattern as a regular expression of the path, and the query parameters it names.

    Of URLPattern's language only what the test files use: `*`, `:name` and `{...}?`.
    """
    path, _, query = page.partition("?") if "}?" not in page else (page, "", "")
    expression = re.escape(path).replace(r"\*", ".*")
    expression = re.sub(r"\\\{(.*?)\\\}\\\?", r"(?:\1)?", expression)
    expression = re.sub(r":(\w+)", r"(?P<\1>[^/]+)", expression)
    return re.compile(expression), [part.partition("=")[0] for part in query.split("&") if part]
