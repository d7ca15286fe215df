"""Why a result was not paid: the plain word of a chip, and the ranking of reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dashboards.views import figures
from dashboards.views.results import Tally

WORDS: Final[Mapping[str, str]] = {
    "billable": "Billable",
    "test": "Test",
    "too_old": "Too late",
    "wrong_host": "Wrong host",
    "bot": "Bot",
    "preview": "Preview",
    "consent_denied": "No consent",
    "advertiser_own": "Advertiser's own",
    "self_click": "Self click",
    "no_order": "No order number",
    "not_active": "Not active",
    "outside_window": "Outside window",
    "duplicate": "Duplicate",
    "over_budget": "Over budget",
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One reason. `width`: of its bar, percent of the largest."""

    code: str
    word: str
    number: str
    share: str
    width: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """All reasons, most frequent first, and the identity that they keep."""

    rows: tuple[Ranked, ...]
    total: str
    identity: str


def ranking(now: Tally) -> Ranking:
    """Of what was refused in a period."""
    ordered = sorted(now.refusals.items(), key=lambda item: (-item[1], item[0]))
    largest = ordered[0][1] if ordered else 1
    assert now.tracked == now.billable + now.refused, "every decision is billable or refused"
    return Ranking(
        rows=tuple(
            Ranked(
                code,
                WORDS.get(code, code),
                figures.count(number),
                figures.percent(Fraction(number, now.refused)),
                round(100 * number / largest, 1),
            )
            for code, number in ordered
        ),
        total=figures.count(now.refused),
        identity=(
            f"{figures.count(now.tracked)} tracked = {figures.count(now.billable)} billable"
            f" + {figures.count(now.refused)} refused"
        ),
    )
