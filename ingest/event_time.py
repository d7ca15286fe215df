"""When an event happened: the client's clock is trusted for differences only (rules.md §2)."""

from typing import Final, NamedTuple

_HOUR_MS: Final = 60 * 60 * 1000
MAX_AGE_MS: Final = 72 * _HOUR_MS
"""An event may arrive this long after it happened; one older is kept, and refused `too_old`."""

MAX_IMPORT_AGE_MS: Final = 400 * 24 * _HOUR_MS
"""How far back an import may reach: once_keys are remembered no longer (rules.md §1)."""


class EventTime(NamedTuple):
    """Epoch ms, and whether it lies further back than allowed."""

    at_ms: int
    too_old: bool


def event_time(
    received_at: int, occurred_at: int | None, sent_at: int | None, max_age_ms: int
) -> EventTime:
    """`received_at − (sent_at − occurred_at)`, never in the future; all in epoch ms.

    Without `sent_at` it was sent when it was received, without `occurred_at` it happened then.
    """
    if occurred_at is None:
        return EventTime(received_at, too_old=False)
    sent = received_at if sent_at is None else sent_at
    at = max(0, min(received_at, received_at - (sent - occurred_at)))
    return EventTime(at, received_at - at > max_age_ms)
