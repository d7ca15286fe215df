"""Numbers and money as a page writes them; a figure and its unit never part at a line's end."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from babel.numbers import format_decimal

from partnerships.money import decimals_of

LOCALE: Final = "en"
NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"


def count(number: int) -> str:
    """`1,524`."""
    text: str = format_decimal(number, "#,##0", locale=LOCALE)
    return text.replace("-", MINUS)


def amount(minor: int, currency: str) -> str:
    """`1,589.27`: for a column whose head names the currency."""
    decimals = decimals_of(currency)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    text: str = format_decimal(Decimal(minor).scaleb(-decimals), pattern, locale=LOCALE)
    return text.replace("-", MINUS)


def money(minor: int, currency: str) -> str:
    """`EUR 1,589.27`."""
    return f"{currency}{NBSP}{amount(minor, currency)}"


def sums(by_currency: Mapping[str, int], currency: str) -> str:
    """Money of several currencies, which are never added; `currency`: of none at all."""
    shown = [money(minor, each) for each, minor in sorted(by_currency.items()) if minor]
    return " + ".join(shown) or money(0, currency)


def tenths(ratio: Fraction) -> Decimal:
    """A ratio in percent, rounded half up to one decimal."""
    exact = Decimal(ratio.numerator * 100) / Decimal(ratio.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent(ratio: Fraction) -> str:
    """`48.8 %`; a whole percentage has no decimal."""
    return f"{_number(tenths(ratio))}{NBSP}%"


def change(now: int, before: int) -> str:
    """`+10.2 %`; `before` is not 0."""
    return f"{_signed(tenths(Fraction(now - before, before)))}{NBSP}%"


def points(now: Fraction, before: Fraction) -> str:
    """`+0.2 points` between two shown percentages, so that who subtracts them gets the same."""
    return f"{_signed(tenths(now) - tenths(before))}{NBSP}points"


def counted(number: int, noun: str) -> str:
    """`1 sale`, `64 sales`."""
    return f"{count(number)}{NBSP}{noun if number == 1 else noun + 's'}"


def _number(value: Decimal) -> str:
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0.0"
    text: str = format_decimal(value, pattern, locale=LOCALE)
    return text.replace("-", MINUS)


def _signed(value: Decimal) -> str:
    sign = "+" if value > 0 else MINUS if value < 0 else "\u00b1"
    return f"{sign}{_number(abs(value))}"
