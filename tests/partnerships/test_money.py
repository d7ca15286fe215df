"""Fees are rounded once over a month, so totals do not depend on days, batches or order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.money import (
    THREE_DECIMAL,
    Amounts,
    FeeGroup,
    UnsupportedCurrency,
    amounts,
    decimals_of,
    format_amount,
    parse_amount,
    used_minor,
    used_with_next,
)

SHARES = st.sampled_from([0, 5_000, 10_000])
GROUPS = st.builds(FeeGroup, st.integers(0, 10_000), SHARES)
PRICES = st.lists(st.integers(1, 10_000_000), min_size=1, max_size=30)


@given(GROUPS, PRICES, st.data())
def test_lines_of_any_split_add_up_to_the_month(
    group: FeeGroup, prices: list[int], data: st.DataObject
) -> None:
    total = Amounts(0, 0, 0, 0)
    gross = 0
    rest = prices
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        before = amounts(gross, group)
        gross += sum(rest[:size])
        line = amounts(gross, group).less(before)
        total = Amounts(*map(sum, zip(total, line, strict=True)))
        rest = rest[size:]
    assert total == amounts(sum(prices), group)


@given(GROUPS, st.integers(0, 10**12))
def test_both_parts_of_the_fee_are_the_fee_and_none_is_negative(
    group: FeeGroup, gross: int
) -> None:
    month = amounts(gross, group)
    assert month.partner_fee_minor + month.payer_fee_minor == month.fee_minor
    assert min(month) >= 0
    assert month.debit_minor == month.credit_minor + month.fee_minor


@given(GROUPS, st.integers(0, 10**12), st.integers(0, 10**6))
def test_neither_side_loses_by_one_more_conversion(group: FeeGroup, gross: int, price: int) -> None:
    line = amounts(gross + price, group).less(amounts(gross, group))
    assert min(line) >= 0
    assert line.credit_minor >= 0


@given(st.dictionaries(GROUPS, st.integers(0, 10**9), max_size=4), GROUPS, st.integers(1, 10**6))
def test_used_grows_by_at_least_the_price(
    gross_by_group: dict[FeeGroup, int], group: FeeGroup, price: int
) -> None:
    before = dict(gross_by_group)
    grown = used_with_next(gross_by_group, group, price)
    assert grown >= used_minor(gross_by_group) + price
    assert gross_by_group == before


@pytest.mark.parametrize(
    ("gross", "share", "debit", "fee", "credit"),
    [
        (73_200, 0, 73_200, 9_150, 64_050),
        (36_750, 5_000, 39_047, 4_594, 34_453),
        (36_000, 10_000, 40_500, 4_500, 36_000),
        (6_180, 0, 6_180, 773, 5_407),
        (1_500, 0, 1_500, 188, 1_312),
        (1_200, 5_000, 1_275, 150, 1_125),
    ],
)
def test_the_example_month_holds_to_the_cent(
    gross: int, share: int, debit: int, fee: int, credit: int
) -> None:
    month = amounts(gross, FeeGroup(1_250, share))
    assert (month.debit_minor, month.fee_minor, month.credit_minor) == (debit, fee, credit)


def test_the_odd_cent_of_a_shared_fee_is_the_payers() -> None:
    assert amounts(1_208, FeeGroup(1_250, 5_000)) == Amounts(1_208, 151, 75, 76)


def test_a_fee_of_half_a_cent_is_rounded_up() -> None:
    assert amounts(1_500, FeeGroup(1_250, 0)).fee_minor == 188
    assert amounts(1_499, FeeGroup(1_250, 0)).fee_minor == 187


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY"]))
def test_an_amount_is_read_as_it_is_written(minor: int, currency: str) -> None:
    text = format_amount(minor, currency)
    assert parse_amount(text.removeprefix("-"), currency) == abs(minor)
    assert text.startswith("-") == (minor < 0)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.00", "EUR", 1_200), ("12", "EUR", 1_200), ("12.5", "EUR", 1_250), ("1200", "JPY", 1_200)],
)
def test_an_amount_may_leave_decimals_out(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        *[(text, "EUR") for text in ("", ".5", "1.", "1.005", "-1", "+1", "1,00", "1e3", "١٢")],
        *[(text, "EUR") for text in ("12.٣", "1.²", " ", "1 000", "EUR 1", "1.0.0")],
        ("12.0", "JPY"),
    ],
)
def test_anything_else_is_no_amount(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        parse_amount(text, currency)


@pytest.mark.parametrize("currency", sorted(THREE_DECIMAL))
def test_three_decimals_are_refused_in_words(currency: str) -> None:
    with pytest.raises(UnsupportedCurrency, match="has three decimals, which we can't settle yet"):
        decimals_of(currency)


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "E1R", "ÄUR", "$"])
def test_no_code_is_no_currency(currency: str) -> None:
    with pytest.raises(UnsupportedCurrency):
        decimals_of(currency)
