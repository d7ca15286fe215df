"""A line is what one close adds to a month, so how the month was split changes nothing."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from partnerships.money import Amounts, FeeGroup, amounts
from settlement.lines import digest_of, grown, releases_at_ms
from tests.settlement.test_closing import line_of

GROUPS = st.builds(FeeGroup, st.integers(0, 3000), st.sampled_from([0, 5000, 10_000]))


@given(GROUPS, st.lists(st.integers(1, 100_000), max_size=40))
def test_lines_of_a_month_sum_to_the_amounts_of_its_gross(
    group: FeeGroup, added: list[int]
) -> None:
    gross, total = 0, Amounts(0, 0, 0, 0)
    for more in added:
        before, after = grown(gross, more, group)
        total = Amounts(*map(sum, zip(total, after.less(before), strict=True)))
        gross += more
    assert total == amounts(gross, group)


@given(GROUPS, st.integers(0, 1_000_000), st.integers(1, 100_000))
def test_no_part_of_a_line_is_negative(group: FeeGroup, gross: int, more: int) -> None:
    before, after = grown(gross, more, group)
    line = after.less(before)
    assert min(line) >= 0
    assert line.debit_minor >= line.credit_minor >= 0
    assert line.debit_minor - line.credit_minor == line.fee_minor


def test_the_digest_tells_one_set_of_conversions_from_another() -> None:
    assert digest_of(["a", "b"]) == digest_of(iter(["a", "b"]))
    assert digest_of(["a", "b"]) != digest_of(["b", "a"])
    assert digest_of(["ab"]) != digest_of(["a", "b"])


def test_a_hold_ends_with_its_last_day_in_the_zone() -> None:
    line = line_of(own_day=date(2026, 10, 24), hold_days=7)
    # Berlin changes its clocks on 25 October: 31 October ends at 23:00 UTC.
    assert releases_at_ms(line, "Europe/Berlin") == 1_793_487_600_000
    assert releases_at_ms(line, "UTC") == 1_793_491_200_000


def test_an_unchargeable_line_adds_nothing() -> None:
    assert line_of(chargeable=False).added == Amounts(0, 0, 0, 0)
    assert line_of().added == amounts(1200, FeeGroup(1250, 0))
