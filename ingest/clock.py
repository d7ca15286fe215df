"""The collector's clock: epoch milliseconds that never decrease, also across restarts."""

import time


class Clock:
    """Starts no earlier than `floor_ms`; if the machine's clock is set back, it waits."""

    def __init__(self, floor_ms: int = 0) -> None:
        self._latest = floor_ms

    def now_ms(self) -> int:
        """The present; never less than an earlier answer."""
        now = time.time_ns() // 1_000_000
        if now > self._latest:
            self._latest = now
        return self._latest
