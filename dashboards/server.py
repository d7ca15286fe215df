"""Serves the application until told to stop: streams end at once, other answers are finished."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn

_STOP_WITHIN_SECONDS: Final = 10


class Server(uvicorn.Server):
    """uvicorn without access log and without trust in forwarded addresses.

    `closing`: set when the end begins, so that streams end themselves.
    """

    def __init__(self, app: Any, closing: asyncio.Event) -> None:
        self._closing = closing
        super().__init__(
            uvicorn.Config(
                app,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End the serving, not the process."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        """Accept no more, and finish what was accepted."""
        self._closing.set()
        self.should_exit = True
