"""What agreed terms come to: the cost of one conversion, how many fit a budget, who gets what.

Everything follows from `money.amounts`; fees are rounded once over a month, so a number of
conversions is never a price times a number (rules.md §8).
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from partnerships.money import Amounts, FeeGroup, amounts, used_minor, used_with_next

FeePaidBy = Literal["partner", "half", "payer"]

PAYER_SHARE_BPS: Final[Mapping[FeePaidBy, int]] = {"partner": 0, "half": 5_000, "payer": 10_000}
"""The advertiser's share of the platform's fee, by the word for who pays it."""

_WHOLE_BPS: Final = 10_000
# Where one conversion's fee is no whole minor unit, a hundred are shown.
_SHOWN: Final = 100


def fee_paid_by(payer_share_bps: int) -> FeePaidBy:
    """The word for a share; raises KeyError for a share that no word stands for."""
    return {share: word for word, share in PAYER_SHARE_BPS.items()}[payer_share_bps]


def one_cost_minor(price_minor: int, group: FeeGroup) -> int:
    """What an empty purse pays for one conversion; a smaller budget could never pay anything."""
    return amounts(price_minor, group).debit_minor


def next_cost_minor(gross_by_group: Mapping[FeeGroup, int], group: FeeGroup, price: int) -> int:
    """What one more conversion adds to what a purse has used; minor units, like `price`."""
    return used_with_next(gross_by_group, group, price) - used_minor(gross_by_group)


def most_conversions(
    budget_minor: int,
    price_minor: int,
    group: FeeGroup,
    gross_by_group: Mapping[FeeGroup, int] | None = None,
) -> int:
    """How many more conversions at this price a month's budget holds, fees included.

    `gross_by_group`: what the purse has admitted already; None: nothing. `price_minor` > 0.
    """
    admitted = dict(gross_by_group or {})
    gross = admitted.pop(group, 0)
    left_minor = budget_minor - used_minor(admitted)
    fits, too_many = 0, max(left_minor - gross, 0) // price_minor + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if amounts(gross + middle * price_minor, group).debit_minor <= left_minor:
            fits = middle
        else:
            too_many = middle
    return fits


class Breakdown(NamedTuple):
    """What `number` conversions in an empty purse come to, and the most a month's budget holds.

    `number` is 1, or 100 where the fee of one is not a whole minor unit on each side.
    `unused_minor`: what is left of the budget after `most` conversions.
    """

    number: int
    amounts: Amounts
    most: int
    unused_minor: int


def breakdown(price_minor: int, group: FeeGroup, budget_minor: int) -> Breakdown:
    """The money breakdown shown while terms are chosen."""
    is_whole = price_minor * group.rate_bps * group.payer_share_bps % _WHOLE_BPS**2 == 0
    is_whole = is_whole and price_minor * group.rate_bps % _WHOLE_BPS == 0
    number = 1 if is_whole else _SHOWN
    most = most_conversions(budget_minor, price_minor, group)
    used = amounts(most * price_minor, group).debit_minor
    return Breakdown(number, amounts(number * price_minor, group), most, budget_minor - used)
