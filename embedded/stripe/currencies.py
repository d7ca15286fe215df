"""Currencies of the practice ledger and the smallest and largest charge in each."""

from embedded.stripe.errors import Refusal

# Smallest charge in minor units, after Stripe's table of minimum charge amounts. A currency that
# is not here is refused; those with three decimals are left out on purpose.
MINIMUM_CHARGE_MINOR = {
    "aed": 200,
    "aud": 50,
    "bgn": 100,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
    "usd": 50,
}
MAXIMUM_CHARGE_MINOR = 99_999_999

WITHOUT_DECIMALS = frozenset({"jpy"})


def known_currency(currency: str) -> str:
    """The currency in lower case; raises a Refusal when the practice ledger does not have it."""
    lower = currency.lower()
    if lower not in MINIMUM_CHARGE_MINOR:
        raise Refusal(
            f"Invalid currency: {currency}. The practice Stripe supports these currencies: "
            + ", ".join(MINIMUM_CHARGE_MINOR),
            param="currency",
        )
    return lower


def positive(amount: int) -> int:
    """The amount; raises a Refusal unless it is above zero."""
    if amount < 1:
        raise Refusal(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    return amount


def chargeable(amount: int, currency: str) -> int:
    """The amount; raises a Refusal when a card cannot be charged that little or that much."""
    positive(amount)
    if amount < MINIMUM_CHARGE_MINOR[currency]:
        raise Refusal(
            f"Amount must be at least {shown(MINIMUM_CHARGE_MINOR[currency], currency)}",
            code="amount_too_small",
            param="amount",
        )
    if amount > MAXIMUM_CHARGE_MINOR:
        raise Refusal(
            f"Amount must be no more than {shown(MAXIMUM_CHARGE_MINOR, currency)}",
            code="amount_too_large",
            param="amount",
        )
    return amount


def shown(amount_minor: int, currency: str) -> str:
    """An amount for people: `EUR 1,234.50`."""
    if currency in WITHOUT_DECIMALS:
        return f"{currency.upper()} {amount_minor:,}"
    sign = "-" if amount_minor < 0 else ""
    units, cents = divmod(abs(amount_minor), 100)
    return f"{currency.upper()} {sign}{units:,}.{cents:02}"
