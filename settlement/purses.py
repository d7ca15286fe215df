"""A purse is billed only as far as its every decision can be decided again with the same stamps.

Settlement keeps each purse's last verified sequence and state, replays the streams' own rule over
what follows, and stops at the first gap or difference: from there on the purse stays unbilled
(rules.md §7).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from settlement.decisions import Decision
from streams.facts import REFUSALS, Refusal
from streams.rules import purse as rule
from streams.rules.purse import Allowed, Purse


class Verified(NamedTuple):
    """A purse as of its last verified sequence, and the budget it was last judged by.

    `currency`: "" before the first decision.
    """

    purse: Purse = Purse()
    allowed: Allowed = Allowed()
    currency: str = ""

    @property
    def sequence(self) -> int:
        """The last decision that was decided again."""
        return self.purse.sequence


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a purse could not be followed any more, and why."""

    sequence: int
    conversion_id: str
    reason: str


_UNJUDGED: Final = frozenset(REFUSALS) - {"over_budget"}
_KNOWN: Final = _UNJUDGED | {"billable", "over_budget"}


def following(verified: Verified, decision: Decision) -> Verified | Broken:
    """The purse after its next decision, or why this is not its next decision."""
    reason = _misplaced(verified, decision)
    if reason:
        return Broken(verified.sequence + 1, decision.conversion_id, reason)
    refused = decision.disposition in _UNJUDGED
    purse, again = rule.decide(
        verified.purse,
        price_minor=decision.price_minor,
        group=decision.group,
        budget_minor=decision.budget_minor,
        refusal=cast(Refusal, decision.disposition) if refused else "",
    )
    if decision.stamps != again:
        return Broken(verified.sequence + 1, decision.conversion_id, _difference(decision, again))
    allowed = Allowed(decision.budget_version, decision.budget_minor)
    return Verified(purse, allowed, decision.currency)


def _misplaced(verified: Verified, decision: Decision) -> str:
    """Why a decision cannot follow, whatever its stamps of money are; "" when it can."""
    if decision.sequence != verified.sequence + 1:
        return f"sequence {decision.sequence} follows {verified.sequence}"
    if decision.disposition not in _KNOWN:
        return f"the disposition {decision.disposition!r} is not known"
    if verified.currency not in ("", decision.currency):
        return f"currency {decision.currency} in a purse of {verified.currency}"
    stamped = Allowed(decision.budget_version, decision.budget_minor)
    carried = Allowed(decision.candidate_budget_version, decision.candidate_budget_minor)
    for known in (verified.allowed, carried):
        if stamped.version < known.version or (
            stamped.version == known.version and stamped != known
        ):
            return f"judged by {_budget(stamped)}, known was {_budget(known)}"
    return ""


def _budget(allowed: Allowed) -> str:
    return f"a budget of {allowed.budget_minor} (version {allowed.version})"


def _difference(decision: Decision, again: rule.Decision) -> str:
    stamped = f"{decision.disposition} {decision.before_minor} → {decision.after_minor}"
    decided = f"{again.disposition} {again.before_minor} → {again.after_minor}"
    return f"stamped {stamped}, decided again {decided}"
