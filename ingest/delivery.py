"""What a request waits for: that all of its lines are durable, or that one is not."""

import asyncio


class NotDurable(Exception):
    """The log did not acknowledge a line; it may still arrive there, so its id decides."""


class Delivery:
    """Some lines on their way to the log."""

    __slots__ = ("_future", "_left")

    def __init__(self, loop: asyncio.AbstractEventLoop, lines: int) -> None:
        self._left = lines
        self._future: asyncio.Future[None] = loop.create_future()

    def arrived(self) -> None:
        """One line was acknowledged."""
        self._left -= 1
        if self._left == 0 and not self._future.done():
            self._future.set_result(None)

    def failed(self, reason: str) -> None:
        """One line was refused, or took too long; the rest does not matter any more."""
        if not self._future.done():
            self._future.set_exception(NotDurable(reason))
            # Marks it as seen: the client may have gone, and then nobody asks.
            self._future.exception()

    async def durable(self) -> None:
        """Wait until all lines are in the log; raises NotDurable."""
        await self._future
