"""Ids of money's objects: the same facts always give the same id, so a repeat finds its first."""

from hashlib import sha256

_SEPARATOR = "\x1f"
_DIGITS = 20


def derived(kind: str, *facts: object) -> str:
    """An id such as `charge-5f0c…`: the kind, then 80 bits of the facts' hash."""
    text = _SEPARATOR.join((kind, *map(str, facts)))
    return f"{kind}-{sha256(text.encode()).hexdigest()[:_DIGITS]}"


def line_id(
    advertiser_id: str,
    day: object,
    agreement_id: str,
    month: str,
    group: tuple[int, int],
    own_day: object,
) -> str:
    """The line of a close, fee group and own day."""
    return derived("line", advertiser_id, day, agreement_id, month, *group, own_day)


def statement_id(advertiser_id: str, day: object, currency: str) -> str:
    """The statement of an advertiser's day in one currency."""
    return derived("statement", advertiser_id, day, currency)


def charge_id(advertiser_id: str, currency: str, number: int) -> str:
    """An advertiser's n-th charge in one currency, from 1."""
    return derived("charge", advertiser_id, currency, number)


def transfer_id(charge: str, partner_id: str) -> str:
    """The transfer to a partner from what one charge collected."""
    return derived("transfer", charge, partner_id)


def posting_id(business_key: str) -> str:
    """The posting of a business key."""
    return derived("posting", business_key)


def finding_id(kind: str, *facts: object) -> str:
    """What was found, once however often it is looked at."""
    return derived("finding", kind, *facts)
