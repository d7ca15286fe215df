"""rules.md §1, §5: a candidate is decided once, and what it counts is paid once."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from streams.facts import REFUSALS, Candidate, Conversion, Source
from streams.rules.decisions import Books, decide, remembered_ms
from streams.rules.purse import Allowed, Purse
from tests.streams.builders import DAY, hexadecimal, landing, thanks, told

SOURCE = Source("candidates", 0, 7, 1)
PLAIN = told(landing(), thanks()).candidates[0]


def candidate(name: str, **changes: Any) -> Candidate:
    made = {"conversion_id": hexadecimal(name), "once_key": hexadecimal(f"once {name}"), **changes}
    return msgspec.structs.replace(PLAIN, **made)


@dataclass
class Ledger:
    """Stage B's state in plain dicts."""

    known: set[str] = field(default_factory=set)
    taken: dict[str, str] = field(default_factory=dict)
    purses: dict[tuple[str, str], Purse] = field(default_factory=dict)
    allowed: dict[str, Allowed] = field(default_factory=dict)

    def decide(self, *candidates: Candidate) -> list[Conversion]:
        return [found for one in candidates if (found := self._decide(one)) is not None]

    def _decide(self, one: Candidate) -> Conversion | None:
        purse = one.agreement_id, one.month
        books = Books(
            one.conversion_id in self.known,
            self.taken.get(one.once_key, ""),
            self.taken.get(one.click_key, ""),
            self.purses.get(purse, Purse()),
            self.allowed.get(one.agreement_id, Allowed()),
        )
        after, conversion = decide(books, one, SOURCE)
        self.known.add(one.conversion_id)
        if after.once_id:
            self.taken[one.once_key] = after.once_id
        if after.click_id:
            self.taken[one.click_key] = after.click_id
        self.purses[purse], self.allowed[one.agreement_id] = after.purse, after.allowed
        return conversion


def dispositions(*candidates: Candidate) -> list[str]:
    return [conversion.disposition for conversion in Ledger().decide(*candidates)]


def test_conversion_carries_its_candidate_and_where_it_stands() -> None:
    (conversion,) = Ledger().decide(PLAIN)
    assert conversion.candidate == PLAIN
    assert conversion.candidate_source == SOURCE


def test_repeated_candidate_is_not_counted_again() -> None:
    ledger = Ledger()
    assert len(ledger.decide(candidate("a"), candidate("a"), candidate("b"))) == 2
    assert ledger.purses[PLAIN.agreement_id, PLAIN.month].sequence == 2


@pytest.mark.parametrize("refusal", REFUSALS[:-2])
def test_repeat_of_a_refused_candidate_is_remembered_too(refusal: str) -> None:
    assert dispositions(candidate("a", refusal=refusal), candidate("a")) == [refusal]


def test_taken_once_key_is_duplicate_and_names_the_first() -> None:
    first, second = candidate("a"), candidate("b", once_key=hexadecimal("once a"))
    conversions = Ledger().decide(first, second)
    assert [one.disposition for one in conversions] == ["billable", "duplicate"]
    assert conversions[1].first_id == first.conversion_id
    assert conversions[0].first_id == ""


def test_duplicate_of_a_duplicate_names_the_first() -> None:
    shared = hexadecimal("once a")
    conversions = Ledger().decide(*(candidate(name, once_key=shared) for name in "abc"))
    assert [one.first_id for one in conversions[1:]] == [hexadecimal("a")] * 2


def test_over_budget_takes_the_once_key() -> None:
    """What one month's budget refused is not billed by the next."""
    shared = hexadecimal("once a")
    first = candidate("a", budget_minor=0)
    next_month = candidate("b", once_key=shared, month="2026-06", budget_version=2)
    assert dispositions(first, next_month) == ["over_budget", "duplicate"]


@pytest.mark.parametrize("refusal", REFUSALS[:-2])
def test_other_refusals_take_no_once_key(refusal: str) -> None:
    shared = hexadecimal("once a")
    refused = candidate("a", refusal=refusal)
    assert dispositions(refused, candidate("b", once_key=shared)) == [refusal, "billable"]


def test_duplicate_takes_no_click_key() -> None:
    shared, click = hexadecimal("once a"), hexadecimal("click")
    first, second = candidate("a"), candidate("b", once_key=shared, click_key=click)
    third = candidate("c", click_key=click)
    assert dispositions(first, second, third) == ["billable", "duplicate", "billable"]


def test_second_click_with_a_nonce_is_duplicate_whoever_the_visitor() -> None:
    click = hexadecimal("click")
    conversions = Ledger().decide(candidate("a", click_key=click), candidate("b", click_key=click))
    assert [one.disposition for one in conversions] == ["billable", "duplicate"]
    assert conversions[1].first_id == hexadecimal("a")


def test_earlier_reason_goes_before_duplicate() -> None:
    shared = hexadecimal("once a")
    late = candidate("b", once_key=shared, refusal="outside_window")
    conversions = Ledger().decide(candidate("a"), late)
    assert (conversions[1].disposition, conversions[1].first_id) == ("outside_window", "")


def test_duplicate_goes_before_over_budget() -> None:
    shared = hexadecimal("once a")
    poor = {"budget_minor": PLAIN.price_minor}
    first, second = candidate("a", **poor), candidate("b", once_key=shared, **poor)
    assert dispositions(first, second) == ["billable", "duplicate"]


def test_budget_of_a_newer_version_holds_from_the_next_decision_for_all_purses() -> None:
    small, large = PLAIN.price_minor, 9 * PLAIN.price_minor
    conversions = Ledger().decide(
        candidate("a", budget_version=1, budget_minor=small),
        candidate("b", budget_version=1, budget_minor=small),
        candidate("c", budget_version=2, budget_minor=large),
        candidate("d", budget_version=1, budget_minor=small),
        candidate("e", budget_version=1, budget_minor=small, month="2026-06"),
    )
    assert [(one.disposition, one.budget_version) for one in conversions] == [
        ("billable", 1),
        ("over_budget", 1),
        ("billable", 2),
        ("billable", 2),
        ("billable", 2),
    ]
    assert conversions[-1].budget_minor == large


def test_refused_candidate_brings_a_newer_budget_too() -> None:
    conversions = Ledger().decide(
        candidate("a", budget_version=2, budget_minor=0, refusal="bot"), candidate("b")
    )
    assert [one.disposition for one in conversions] == ["bot", "over_budget"]


def test_each_month_has_its_own_purse() -> None:
    poor: dict[str, Any] = {"budget_minor": PLAIN.price_minor}
    conversions = Ledger().decide(
        candidate("a", **poor), candidate("b", **poor, month="2026-06"), candidate("c", **poor)
    )
    assert [one.disposition for one in conversions] == ["billable", "billable", "over_budget"]
    assert [one.sequence for one in conversions] == [1, 1, 2]


def test_sequence_counts_repeats_nowhere_and_refusals_everywhere() -> None:
    conversions = Ledger().decide(
        candidate("a"), candidate("a"), candidate("b", refusal="test"), candidate("c")
    )
    assert [one.sequence for one in conversions] == [1, 2, 3]


@pytest.mark.parametrize(
    ("count", "days"), [("order", 400), ("visitor", 400), ("session", 35), ("day", 35)]
)
def test_conversions_are_remembered_by_what_they_count(count: str, days: int) -> None:
    assert remembered_ms(candidate("a", count=count)) == days * DAY
