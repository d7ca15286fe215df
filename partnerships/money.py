"""What a conversion costs, who pays the platform's fee, and what a month's purse has used.

All amounts are integers of minor units. Fees are rounded once over a month's fee group, never per
conversion or per day, so a month's totals do not depend on order or batches (rules.md §8).
"""

from collections.abc import Mapping
from typing import NamedTuple

_BPS = 10_000

ZERO_DECIMAL = frozenset(
    [
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
    ]
)
THREE_DECIMAL = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


class FeeGroup(NamedTuple):
    """Conversions of one purse (agreement and month) that share a fee's terms.

    `rate_bps`: the platform's rate in basis points of the gross, frozen at acceptance.
    `payer_share_bps`: the advertiser's share of the fee: 0, 5000 or 10000 basis points.
    """

    rate_bps: int
    payer_share_bps: int


class Amounts(NamedTuple):
    """A fee group's gross and fee, split between both sides; minor units."""

    gross_minor: int
    fee_minor: int
    partner_fee_minor: int
    payer_fee_minor: int

    @property
    def debit_minor(self) -> int:
        """What the advertiser pays: the gross and their part of the fee."""
        return self.gross_minor + self.payer_fee_minor

    @property
    def credit_minor(self) -> int:
        """What the partner gets: the gross less their part of the fee."""
        return self.gross_minor - self.partner_fee_minor

    def less(self, before: "Amounts") -> "Amounts":
        """This value minus an earlier one: what a line adds to a month."""
        return Amounts(*(now - then for now, then in zip(self, before, strict=True)))


def amounts(gross_minor: int, group: FeeGroup) -> Amounts:
    """The amounts of a fee group with this gross (rules.md §8)."""
    fee = (gross_minor * group.rate_bps + _BPS // 2) // _BPS
    partner_fee = fee * (_BPS - group.payer_share_bps) // _BPS
    return Amounts(gross_minor, fee, partner_fee, fee - partner_fee)


def used_minor(gross_by_group: Mapping[FeeGroup, int]) -> int:
    """What a purse has used of its budget: gross and the payer's fees, over all groups."""
    return sum(amounts(gross, group).debit_minor for group, gross in gross_by_group.items())


def used_with_next(
    gross_by_group: Mapping[FeeGroup, int], group: FeeGroup, price_minor: int
) -> int:
    """What the purse would have used after one more conversion at this price."""
    grown = dict(gross_by_group)
    grown[group] = grown.get(group, 0) + price_minor
    return used_minor(grown)


class UnsupportedCurrency(ValueError):
    """The currency has three decimals, or its code is not three capital letters."""


def decimals_of(currency: str) -> int:
    """How many decimals the currency's minor unit has: 0 or 2; raises UnsupportedCurrency."""
    if currency in THREE_DECIMAL:
        raise UnsupportedCurrency(
            f"{currency} has three decimals, which we can't settle yet. Choose another currency."
        )
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise UnsupportedCurrency(f"{currency!r} is not a currency code such as EUR.")
    return 0 if currency in ZERO_DECIMAL else 2


def parse_amount(text: str, currency: str) -> int:
    """Minor units of an amount written like `12.00` (or `1200` in JPY); raises ValueError."""
    decimals = decimals_of(currency)
    whole, dot, fraction = text.strip().partition(".")
    if not text.isascii() or not whole.isdigit() or (dot and not fraction.isdigit()):
        raise ValueError(f"{text!r} is not an amount such as {'12.00' if decimals else '1200'}.")
    if len(fraction) > decimals:
        raise ValueError(f"A price has {decimals or 'no'} decimals in {currency}: {text!r}.")
    return int(whole + fraction.ljust(decimals, "0"))


def format_amount(amount_minor: int, currency: str) -> str:
    """The amount with its decimals and no currency sign, such as `1500.00`."""
    decimals = decimals_of(currency)
    if not decimals:
        return str(amount_minor)
    sign, digits = ("-", -amount_minor) if amount_minor < 0 else ("", amount_minor)
    return f"{sign}{digits // 100}.{digits % 100:02d}"
