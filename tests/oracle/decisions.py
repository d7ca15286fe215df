"""What was paid: the candidates of a run, in its recorded order, against keys and budgets."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.oracle.visits import Candidate


@dataclass(frozen=True)
class Decision:
    candidate: Candidate
    disposition: str
    sequence: int
    before: int
    after: int


@dataclass
class Purse:
    gross: int = 0
    sequence: int = 0


@dataclass
class Owed:
    """What both sides owe for one agreement and month; amounts in minor units."""

    tracked: Counter[str] = field(default_factory=Counter)
    gross: int = 0
    fee: int = 0
    debit: int = 0
    credit: int = 0


def amounts(gross: int, rate: int, share: int) -> tuple[int, int, int]:
    """Fee, what the payer pays and what the partner gets (rules.md §8)."""
    fee = (gross * rate + 5000) // 10000
    of_partner = fee * (10000 - share) // 10000
    return fee, gross + fee - of_partner, gross - of_partner


def decide(ordered: Iterable[Candidate]) -> list[Decision]:
    taken: set[tuple[str, ...]] = set()
    purses: dict[tuple[str, str], Purse] = defaultdict(Purse)
    decisions = []
    for candidate in ordered:
        agreement = candidate.agreement
        purse = purses[agreement.id, candidate.day[:7]]
        purse.sequence += 1
        before = amounts(purse.gross, agreement.rate, agreement.share)[1]
        grown = amounts(purse.gross + agreement.price, agreement.rate, agreement.share)[1]
        keys = {candidate.key, candidate.click_key} - {()}
        disposition = candidate.refusal or "billable"
        if not candidate.refusal and keys & taken:
            disposition = "duplicate"
        elif not candidate.refusal and grown > agreement.budget:
            disposition = "over_budget"
        if disposition in ("billable", "over_budget"):
            taken |= keys
        if disposition == "billable":
            purse.gross += agreement.price
        after = grown if disposition == "billable" else before
        decisions.append(Decision(candidate, disposition, purse.sequence, before, after))
    return decisions


def owed(decisions: Iterable[Decision]) -> dict[tuple[str, str], Owed]:
    """Per agreement and month: dispositions, and what each side owes."""
    result: dict[tuple[str, str], Owed] = defaultdict(Owed)
    for decision in decisions:
        agreement = decision.candidate.agreement
        of = result[agreement.id, decision.candidate.day[:7]]
        of.tracked[decision.disposition] += 1
        if decision.disposition == "billable":
            of.gross += agreement.price
        of.fee, of.debit, of.credit = amounts(of.gross, agreement.rate, agreement.share)
    return result
