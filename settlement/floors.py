"""The smallest sum that is charged; a smaller one is carried to the next charge (rules.md §10)."""

from typing import Final

from partnerships.money import decimals_of

_FLOOR_UNITS: Final = 5

# Stripe's minimum charge amounts, in minor units; its default where a currency is not listed.
_STRIPE_MINIMUM_MINOR: Final = {
    "AED": 200,
    "BGN": 100,
    "CZK": 1500,
    "DKK": 250,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "THB": 1000,
}
_STRIPE_DEFAULT_MINOR: Final = 50


def floor_minor(currency: str, *, month_ends: bool) -> int:
    """The floor in minor units: 5.00, or at the month's end no more than Stripe itself asks."""
    stripe = _STRIPE_MINIMUM_MINOR.get(currency, _STRIPE_DEFAULT_MINOR)
    ours: int = _FLOOR_UNITS * 10 ** decimals_of(currency)
    return stripe if month_ends else max(ours, stripe)
