"""How much the stages remember, and how long: in ms of their partition's watermark (rules.md §6).

Something remembered is dated by the watermark when it was last written; it is gone once the
watermark is more than its time past that date, whether or not it was swept from the state.
"""

from typing import Final

_HOUR_MS: Final = 60 * 60 * 1000
DAY_MS: Final = 24 * _HOUR_MS

RECENT_MS: Final = 72 * _HOUR_MS
"""Sessions and event ids (rules.md §1, §3)."""

RECENT_EVENTS: Final = 1024
"""Event ids of a visitor; the oldest make room. A session needs an event: as many of those."""

TOUCHES: Final = 32
"""Touches of a visitor: the newest by event time (rules.md §4)."""

LONGEST_WINDOW_DAYS: Final = 365
TOUCHES_MS: Final = (LONGEST_WINDOW_DAYS + 30) * DAY_MS
"""The longest window that an agreement may have, and 30 days for results refused as outside it."""

LONG_ONCE_MS: Final = 400 * DAY_MS
"""Conversions counted by order or visitor, after their last sighting."""

SHORT_ONCE_MS: Final = 35 * DAY_MS
"""Conversions counted by session or day, after their last sighting."""

PURSES_MS: Final = (400 + 31) * DAY_MS
"""An import reaches 400 days back, so into a purse that was last used up to a month earlier."""
