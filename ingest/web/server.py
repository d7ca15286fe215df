"""Serves the application until told to stop: no new request then, and the rest is answered."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from ingest.web.app import App

_STOP_WITHIN_SECONDS: Final = 10
_BACKLOG: Final = 1024
_KEEP_ALIVE_SECONDS: Final = 60


class Server(uvicorn.Server):
    """uvicorn on the one fast path: httptools, no access log, no trust in forwarded addresses."""

    def __init__(self, app: App, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http="httptools",
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End the serving, not the process: what waits for Kafka is still flushed after it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        """Accept no more and answer what was accepted."""
        self.should_exit = True
