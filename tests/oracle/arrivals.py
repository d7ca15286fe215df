"""Collector calls as the events they mean. Logs come as the calls that a replay makes of them."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ingest.verdicts import verdict
from tests.oracle.agreed import Agreed
from tests.oracle.visits import HOUR, Arrival, Click, local_day
from tests.scenarios.calls import TOKEN, Call

LIVE_ADDRESS = "127.0.0.1"


def arrivals(
    agreed: Agreed, calls: Iterable[Call], received_at: Callable[[str], int], owner: str
) -> Iterator[Arrival]:
    """Every event of every call, in order; `received_at` tells when the collector had it."""
    for call in calls:
        for index, body in enumerate(call.body):
            if call.endpoint == "/v1/conversions":
                identity = server_id(owner, call.headers["idempotency-key"], index)
                yield of_item(agreed, body, identity)
            else:
                yield of_event(agreed, call, body, received_at)


def server_id(owner: str, key: str, index: int) -> str:
    """The id of a server item, as the collector's interface documents it."""
    parts = ["server", owner, key, str(index)]
    lengths = ",".join(str(len(part.encode())) for part in parts)
    return blake2b("\0".join([lengths, *parts]).encode(), digest_size=16).hexdigest()


def of_item(agreed: Agreed, body: dict[str, Any], identity: str) -> Arrival:
    site = agreed.site_of_key[body["site"]]
    click = opened(body.get("click", ""))
    if body.get("visitor"):
        visitor: tuple[str, ...] = (site, "id", body["visitor"])
    else:
        assert click is not None
        visitor = ("nonce", click.nonce)
    return Arrival(
        id=identity,
        site=site,
        type="conversion",
        visitor=visitor,
        at=body["occurred_at"],
        click=click,
        objective=body["objective"],
        order=body.get("order", ""),
        test=body.get("test", False),
    )


def of_event(
    agreed: Agreed, call: Call, body: dict[str, Any], received_at: Callable[[str], int]
) -> Arrival:
    site = agreed.site_of_key[body["site"]]
    received = received_at(body["id"])
    at = min(received, received - (body.get("sent_at", received) - body["occurred_at"]))
    imported = call.key == "import"
    address = body["client_address"] if imported else LIVE_ADDRESS
    agent = body["user_agent"] if imported else call.headers["user-agent"]
    prefetch = "prefetch" in call.headers.get("sec-purpose", "")
    url, referrer = urlsplit(body["url"]), urlsplit(body.get("referrer", ""))
    query = parse_qsl(url.query, keep_blank_values=True)
    form = next((value for name, value in query if name == "cf"), "")
    click = opened(form)
    return Arrival(
        id=body["id"],
        site=site,
        type=body["type"],
        visitor=visitor_of(agreed, site, body, address, agent, at),
        at=at,
        verdict=verdict(agent, head=body.get("head", False), prefetch=prefetch),
        address=judged(address),
        name=body.get("name", ""),
        host=url.hostname or "",
        path=url.path or "/",
        query=tuple(pair for pair in query if pair[0] != "cf"),
        referrer_host=referrer.hostname or "",
        click=click,
        code="" if click else form,
        order=body.get("order", ""),
        denied=body.get("consent") == "denied",
        test=body.get("test", False),
        too_old=not imported and received - at > 72 * HOUR,
    )


def visitor_of(
    agreed: Agreed, site: str, body: dict[str, Any], address: str, agent: str, at: int
) -> tuple[str, ...]:
    keeps = body.get("visitor") and not body.get("gpc") and body.get("consent") != "denied"
    if keeps:
        return (site, "id", body["visitor"])
    client = ip_address(judged(address) or address)
    network = str(client)
    if isinstance(client, IPv6Address):
        network = client.exploded[:19]
    return (site, "day", network, agent, local_day(at, agreed.zone[site]))


def judged(address: str) -> str:
    """The address whose networks are matched: an IPv4 one as such, none for loopback."""
    client = ip_address(address)
    mapped = client.ipv4_mapped if isinstance(client, IPv6Address) else None
    return "" if client.is_loopback else str(mapped or client)


def opened(text: str) -> Click | None:
    found = TOKEN.fullmatch(text)
    if not found:
        return None
    flags = tuple(flag for flag in found[4].split("+") if flag)
    return Click(found[1], int(found[2]), found[3], flags)
