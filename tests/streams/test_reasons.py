"""rules.md §5: of several refusals the first in their order names the decision."""

from itertools import combinations

from streams.facts import REFUSALS
from streams.rules.reasons import first


def test_first_of_any_two_is_the_one_named_earlier() -> None:
    assert all(
        first((later, earlier)) == first((earlier, later)) == earlier
        for earlier, later in combinations(REFUSALS, 2)
    )


def test_nothing_against_is_no_refusal() -> None:
    assert first(()) == first(("", "")) == ""


def test_nothing_beside_a_refusal_does_not_hide_it() -> None:
    assert first(("", "over_budget", "")) == "over_budget"
