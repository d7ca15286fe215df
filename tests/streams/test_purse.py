"""rules.md §7, §8: a purse admits in order, is never overdrawn, and stamps every decision."""

from hypothesis import given
from hypothesis import strategies as st

from partnerships.money import FeeGroup
from streams.facts import Refusal
from streams.rules.purse import Allowed, Decision, Purse, allowed, decide
from tests.streams.builders import landing, thanks, told

FREE, HALF, PAYER = FeeGroup(1250, 0), FeeGroup(1250, 5000), FeeGroup(1250, 10_000)


def decisions(
    budget_minor: int, *prices: int, group: FeeGroup = FREE, refusal: Refusal | str = ""
) -> list[Decision]:
    purse, made = Purse(), []
    for price in prices:
        purse, decision = decide(
            purse,
            price_minor=price,
            group=group,
            budget_minor=budget_minor,
            refusal=refusal,  # type: ignore[arg-type]
        )
        made.append(decision)
    return made


def test_purse_admits_to_the_last_cent() -> None:
    assert [one.disposition for one in decisions(2000, 1000, 1000)] == ["billable"] * 2
    assert [one.disposition for one in decisions(1999, 1000, 1000)] == ["billable", "over_budget"]


def test_payers_fee_is_part_of_the_budget() -> None:
    assert decisions(1125, 1000, group=PAYER)[0].disposition == "billable"
    assert decisions(1124, 1000, group=PAYER)[0].disposition == "over_budget"


def test_refusal_does_not_close_the_purse() -> None:
    made = decisions(1500, 1000, 1000, 500)
    assert [one.disposition for one in made] == ["billable", "over_budget", "billable"]


def test_sequence_is_gapless_over_all_decisions() -> None:
    made = decisions(1500, 1000, 1000, 500)
    assert [one.sequence for one in made] == [1, 2, 3]


def test_refused_candidate_takes_a_sequence_and_nothing_else() -> None:
    assert decisions(10_000, 1000, 1000, refusal="bot")[-1] == Decision("bot", 2, 0, 0)


def test_before_and_after_are_what_the_purse_has_used() -> None:
    made = decisions(2500, 1000, 1000, 1000)
    assert [(one.before_minor, one.after_minor) for one in made] == [
        (0, 1000),
        (1000, 2000),
        (2000, 2000),
    ]


def test_fee_is_rounded_over_the_group_not_per_result() -> None:
    # 12.5 % of 3 is 0.375; of three of them together 1.125, which is 1.
    assert [one.after_minor for one in decisions(100, 3, 3, 3, group=PAYER)] == [3, 7, 10]


def test_fee_groups_are_rounded_apart() -> None:
    purse, _ = decide(Purse(), price_minor=3, group=PAYER, budget_minor=99, refusal="")
    purse, decision = decide(purse, price_minor=9, group=HALF, budget_minor=99, refusal="")
    # The payer's part of each group: 0 of 0.375; 1 of 1.125, of which the partner's half is 0.
    assert (decision.before_minor, decision.after_minor) == (3, 3 + 9 + 1)
    assert purse.used_minor == 13


@given(
    st.lists(st.tuples(st.integers(1, 5000), st.sampled_from([FREE, HALF, PAYER]))),
    st.integers(0, 20_000),
)
def test_purse_never_uses_more_than_its_budget(
    offers: list[tuple[int, FeeGroup]], budget_minor: int
) -> None:
    purse, used = Purse(), 0
    for price, group in offers:
        purse, decision = decide(
            purse, price_minor=price, group=group, budget_minor=budget_minor, refusal=""
        )
        assert decision.before_minor == used
        assert (decision.after_minor > used) == (decision.disposition == "billable")
        used = decision.after_minor
        assert used == purse.used_minor <= budget_minor


def test_highest_version_of_the_budget_is_kept() -> None:
    candidate = told(landing(), thanks()).candidates[0]
    assert allowed(Allowed(), candidate) == Allowed(1, 1_000_000)
    assert allowed(Allowed(2, 5), candidate) == Allowed(2, 5)
    assert allowed(Allowed(1, 5), candidate) == Allowed(1, 5)
