"""How long envelopes grow: 1 ms when it is quiet, up to 8 ms near 5,000 events/s.

Small envelopes answer sooner; large ones cost the broker and the stages less (design.md §4).
"""

from typing import Final

_SHORTEST_SECONDS: Final = 0.001
_LONGEST_SECONDS: Final = 0.008
_BUSY_EVENTS_PER_SECOND: Final = 5_000
_WINDOW_SECONDS: Final = 0.1


class Pace:
    """Follows the rate of events; times are of any steady clock, in seconds."""

    def __init__(self, now: float) -> None:
        self.gap_seconds = _SHORTEST_SECONDS
        self._since = now
        self._count = 0

    def left(self, events: int, now: float) -> None:
        """So many events left in envelopes at `now`."""
        self._count += events
        elapsed = now - self._since
        if elapsed < _WINDOW_SECONDS:
            return
        busy = min(1.0, self._count / elapsed / _BUSY_EVENTS_PER_SECOND)
        self.gap_seconds = _SHORTEST_SECONDS + busy * (_LONGEST_SECONDS - _SHORTEST_SECONDS)
        self._since, self._count = now, 0
