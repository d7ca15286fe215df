"""A budget holds exactly as many conversions as fit with their fees, and says what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.money import FeeGroup, used_minor, used_with_next
from partnerships.terms import (
    PAYER_SHARE_BPS,
    FeePaidBy,
    breakdown,
    fee_paid_by,
    most_conversions,
    next_cost_minor,
    one_cost_minor,
)

GROUPS = st.builds(FeeGroup, st.integers(0, 10_000), st.sampled_from([0, 5_000, 10_000]))
WORDS: list[FeePaidBy] = ["partner", "half", "payer"]


def group(word: FeePaidBy) -> FeeGroup:
    return FeeGroup(1_250, PAYER_SHARE_BPS[word])


@given(
    st.integers(0, 5_000),
    st.integers(1, 500),
    GROUPS,
    st.dictionaries(GROUPS, st.integers(0, 3_000), max_size=3),
)
def test_most_conversions_is_what_admitting_one_by_one_gives(
    budget: int, price: int, terms: FeeGroup, admitted: dict[FeeGroup, int]
) -> None:
    purse, count = dict(admitted), 0
    while used_with_next(purse, terms, price) <= budget:
        purse[terms] = purse.get(terms, 0) + price
        count += 1
    assert most_conversions(budget, price, terms, admitted) == count


@given(st.integers(1, 10**6), GROUPS, st.dictionaries(GROUPS, st.integers(0, 10**6), max_size=3))
def test_the_next_cost_is_what_it_adds(
    price: int, terms: FeeGroup, admitted: dict[FeeGroup, int]
) -> None:
    cost = next_cost_minor(admitted, terms, price)
    assert used_minor(admitted) + cost == used_with_next(admitted, terms, price)
    assert one_cost_minor(price, terms) == next_cost_minor({}, terms, price)


@pytest.mark.parametrize(
    ("word", "debit", "credit", "most", "unused"),
    [
        ("partner", 1200, 1050, 125, 0),
        ("half", 1275, 1125, 117, 825),
        ("payer", 1350, 1200, 111, 150),
    ],
)
def test_a_sale_at_12_with_a_budget_of_1500(
    word: FeePaidBy, debit: int, credit: int, most: int, unused: int
) -> None:
    shown = breakdown(1_200, group(word), 150_000)
    assert (shown.number, shown.amounts.debit_minor, shown.amounts.credit_minor) == (
        1,
        debit,
        credit,
    )
    assert (shown.most, shown.unused_minor, shown.amounts.fee_minor) == (most, unused, 150)


def test_a_hundred_are_shown_where_one_fee_is_no_whole_cent() -> None:
    shown = breakdown(15, group("partner"), 12_000)
    assert (shown.number, shown.amounts.credit_minor, shown.amounts.fee_minor) == (100, 1_312, 188)
    assert breakdown(1_208, group("half"), 150_000).number == 100
    assert breakdown(1_208, group("payer"), 150_000).number == 1


def test_the_example_month_has_the_results_left_that_its_page_shows() -> None:
    assert most_conversions(48_000, 375, group("half"), {group("half"): 36_750}) == 22
    assert most_conversions(40_500, 900, group("payer"), {group("payer"): 36_000}) == 0
    assert most_conversions(200_000, 1_400, group("partner"), {group("partner"): 73_200}) == 90
    assert most_conversions(200_000, 1_400, group("partner")) == 142


@pytest.mark.parametrize("word", WORDS)
def test_a_share_has_a_word(word: FeePaidBy) -> None:
    assert fee_paid_by(PAYER_SHARE_BPS[word]) == word
    with pytest.raises(KeyError):
        fee_paid_by(1)
