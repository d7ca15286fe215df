"""Which refusal names a decision when several hold (rules.md §5)."""

from collections.abc import Iterable
from typing import Final, Literal

from streams.facts import REFUSALS, Refusal

Reason = Refusal | Literal[""]
"""A refusal, or "" where nothing speaks against."""

_RANK: Final[dict[str, int]] = {refusal: rank for rank, refusal in enumerate(REFUSALS)}
_NONE: Final = len(_RANK)


def first(reasons: Iterable[Reason]) -> Reason:
    """The one of highest precedence; "" when none holds."""
    return min(reasons, key=lambda reason: _RANK.get(reason, _NONE), default="")
