"""Currencies of the practice ledger and the smallest and largest charge in each."""

from embedded.stripe.errors import Refusal

# Smallest charge in minor units, after Stripe's table of minimum charge amounts. For a currency
# that is not in it Stripe converts; here the default stands for that.
MINIMUM_CHARGE_MINOR = {
    "aed": 200,
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
DEFAULT_MINIMUM_MINOR = 50
MAXIMUM_CHARGE_MINOR = 99_999_999

# What Stripe charges in; currencies with three decimals (as kwd) are left out on purpose.
_WITHOUT_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf"
_WITH_TWO_DECIMALS = """
aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf
cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils
inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn
nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd
szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd yer zar zmw
"""
WITHOUT_DECIMALS = frozenset(_WITHOUT_DECIMALS.split())
SUPPORTED = WITHOUT_DECIMALS | frozenset(_WITH_TWO_DECIMALS.split())


def known_currency(currency: str) -> str:
    """The currency in lower case; raises a Refusal when the practice ledger does not have it."""
    lower = currency.lower()
    if lower not in SUPPORTED:
        raise Refusal(
            f"Invalid currency: {currency}. The practice Stripe supports these currencies: "
            + ", ".join(sorted(SUPPORTED)),
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
    minimum = MINIMUM_CHARGE_MINOR.get(currency, DEFAULT_MINIMUM_MINOR)
    if amount < minimum:
        raise Refusal(
            f"Amount must be at least {shown(minimum, currency)}",
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
