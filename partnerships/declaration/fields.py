"""Reads one value of a partnerships file, or says what it should be."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from partnerships.days import UnknownZone, zone_named
from partnerships.hosts import host_of, is_host
from partnerships.money import UnsupportedCurrency, decimals_of
from partnerships.networks import UnusableRange, parse_range
from partnerships.patterns import Pattern, PatternError

Read = Callable[[object], Any]

MAX_TEXT: Final = 200
MAX_HOSTS: Final = 100
MAX_NETWORKS: Final = 1_000
MIN_PASSWORD: Final = 12
_AMOUNT = re.compile(r"\d{1,6}(?:\.\d{1,2})?", re.ASCII)


class Wrong(ValueError):
    """The value can't be used; the message says what it should be."""


def text(found: object) -> str:
    """A text of 1 to 200 characters on one line."""
    if not isinstance(found, str) or not found.strip() or len(found) > MAX_TEXT or "\n" in found:
        raise Wrong(f"should be a text of 1 to {MAX_TEXT} characters")
    return found.strip()


def like(expression: str, description: str) -> Read:
    """A reader of texts that match the whole expression."""
    compiled = re.compile(expression, re.ASCII)

    def read(found: object) -> str:
        if not isinstance(found, str) or not compiled.fullmatch(found):
            raise Wrong(f"should be {description}")
        return found

    return read


slug = like(r"[a-z0-9-]{1,40}", "1 to 40 of a-z, 0-9 and -")
link_code = like(r"[A-Za-z0-9_-]{4,32}", "4 to 32 letters, digits, - or _")
site_key = like(r"[A-Za-z0-9_-]{4,64}", "4 to 64 letters, digits, - or _")
country = like(r"[A-Z]{2}", "a country code such as DE")
card = like(r"pm_[A-Za-z0-9_]{1,60}", "a payment method such as pm_card_visa")
event_name = like(r"[A-Za-z0-9_.:-]{1,64}", "an event's name such as purchase")
parameter = like(
    r"(?!(?:cf|s[1-5])\Z)[A-Za-z0-9_.\[\]-]{1,64}",
    "a query parameter such as utm_source, and none of ours (cf, s1 to s5)",
)


def choice(*words: str) -> Read:
    """A reader of one of these words."""

    def read(found: object) -> str:
        if found not in words:
            raise Wrong(f"should be {', '.join(words[:-1])} or {words[-1]}")
        return str(found)

    return read


def email(found: object) -> str:
    """An e-mail address, in lower case."""
    if not isinstance(found, str) or not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", found):
        raise Wrong("Enter an e-mail address like name@example.com")
    return found.lower()


def password(found: object) -> str:
    """A password long enough to be one."""
    if not isinstance(found, str) or not MIN_PASSWORD <= len(found) <= MAX_TEXT:
        raise Wrong(f"Use at least {MIN_PASSWORD} characters")
    return found


def zone(found: object) -> str:
    """The name of a time zone."""
    try:
        zone_named(found if isinstance(found, str) else "")
    except UnknownZone as error:
        raise Wrong("should be a time zone such as Europe/Berlin") from error
    return str(found)


def currency(found: object) -> str:
    """A currency that can be settled."""
    try:
        decimals_of(found if isinstance(found, str) else "")
    except UnsupportedCurrency as error:
        raise Wrong(str(error) if isinstance(found, str) else "should be such as EUR") from error
    return str(found)


def amount(found: object) -> str:
    """An amount as it is written; its currency comes from elsewhere."""
    if not isinstance(found, str) or not _AMOUNT.fullmatch(found):
        raise Wrong('should be an amount in quotes such as "12.00", below 1000000')
    return found


def positive_amount(found: object) -> str:
    """An amount above nothing."""
    if not Decimal(amount(found)):
        raise Wrong("should be more than 0")
    return str(found)


def whole(least: int, most: int) -> Read:
    """A reader of whole numbers in a range, both ends included."""

    def read(found: object) -> int:
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            raise Wrong(f"should be a whole number from {least} to {most}")
        return found

    return read


def flag(found: object) -> bool:
    """true or false."""
    if not isinstance(found, bool):
        raise Wrong("should be true or false")
    return found


def day(found: object) -> date:
    """A day, without a time."""
    if not isinstance(found, date) or isinstance(found, datetime) or found.year < 2000:
        raise Wrong("should be a day such as 2026-01-31, without quotes")
    return found


def host(found: object) -> str:
    """A host name without scheme, port and path, in lower case."""
    if not isinstance(found, str) or not is_host(found.lower()):
        raise Wrong("should be a host such as shop.example, without scheme, port or path")
    return found.lower()


def hosts(found: object) -> tuple[str, ...]:
    """Hosts in their order, each once."""
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_HOSTS:
        raise Wrong(f'should be a list of 1 to {MAX_HOSTS} hosts such as ["shop.example"]')
    return tuple(dict.fromkeys(host(each) for each in found))


def url(found: object) -> str:
    """An absolute URL of a page."""
    if not isinstance(found, str) or not is_host(host_of(found)) or len(found) > 2_000:
        raise Wrong("should be a page's address such as https://shop.example/")
    return found


def pattern(found: object) -> str:
    """A page pattern."""
    try:
        return Pattern(found if isinstance(found, str) else "").text
    except PatternError as error:
        raise Wrong(str(error)) from error


def networks(found: object) -> tuple[dict[str, Any], ...]:
    """Own networks: each a range, and the days it is theirs."""
    if not isinstance(found, list) or len(found) > MAX_NETWORKS:
        raise Wrong(f'should be a list of at most {MAX_NETWORKS} such as {{ range = "…" }}')
    read = tuple(map(_network, found))
    if len({each["range"] for each in read}) < len(read):
        raise Wrong("names a range twice")
    return read


def _network(found: object) -> dict[str, Any]:
    if not isinstance(found, dict) or not {"range"} <= set(found) <= {"range", "from", "until"}:
        raise Wrong('each should be such as { range = "203.0.113.7/32", from = 2026-01-01 }')
    try:
        network = str(parse_range(str(found["range"])))
    except UnusableRange as error:
        raise Wrong(str(error)) from error
    first = day(found["from"]) if "from" in found else None
    until = day(found["until"]) if "until" in found else None
    if first and until and until <= first:
        raise Wrong(f"{network}: until should be a day after from")
    return {"range": network, "from": first, "until": until}
