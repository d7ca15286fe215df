"""What a candidate becomes: paid once and inside the budget, in the order of the log.

Stage B's rule: `decide(books, candidate, source) -> (books, conversion)` (rules.md §1, §5, §7).
A reversal will be a second rule over the same books.
"""

from typing import Literal, NamedTuple

from partnerships.money import FeeGroup
from streams.facts import Candidate, Conversion, Refusal, Source
from streams.rules import purse
from streams.rules.memory import LONG_ONCE_MS, SHORT_ONCE_MS
from streams.rules.purse import Allowed, Purse


class Books(NamedTuple):
    """What stage B remembers that bears on one candidate.

    `known`: its conversion id was decided before. `once_id`, `click_id`: the conversions that took
    its once_key and its click_key; "" while they are free.
    """

    known: bool = False
    once_id: str = ""
    click_id: str = ""
    purse: Purse = Purse()
    allowed: Allowed = Allowed()


def decide(books: Books, candidate: Candidate, source: Source) -> tuple[Books, Conversion | None]:
    """The books after this candidate, and its conversion; of a repeated candidate none."""
    if books.known:
        return books, None
    allowed = purse.allowed(books.allowed, candidate)
    first_id = "" if candidate.refusal else books.once_id or books.click_id
    refusal: Refusal | Literal[""] = "duplicate" if first_id else candidate.refusal
    after, decision = purse.decide(
        books.purse,
        price_minor=candidate.price_minor,
        group=FeeGroup(candidate.fee_rate_bps, candidate.payer_share_bps),
        budget_minor=allowed.budget_minor,
        refusal=refusal,
    )
    takes = decision.disposition in ("billable", "over_budget")
    conversion = Conversion(
        candidate=candidate,
        disposition=decision.disposition,
        sequence=decision.sequence,
        budget_version=allowed.version,
        budget_minor=allowed.budget_minor,
        before_minor=decision.before_minor,
        after_minor=decision.after_minor,
        first_id=first_id,
        candidate_source=source,
    )
    return Books(
        known=True,
        once_id=candidate.conversion_id if takes else books.once_id,
        click_id=candidate.conversion_id if takes and candidate.click_key else books.click_id,
        purse=after,
        allowed=allowed,
    ), conversion


def remembered_ms(candidate: Candidate) -> int:
    """How long after its last sighting a conversion and its once_key are remembered."""
    return LONG_ONCE_MS if candidate.count in ("order", "visitor") else SHORT_ONCE_MS
