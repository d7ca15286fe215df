"""A listening socket with a thread for each connection."""

import socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import structlog

from embedded.clickhouse.sessions import Sessions
from embedded.errors import StackError

STOP_LOOK_SECONDS = 0.1

log = structlog.get_logger()


class Listener(ThreadingTCPServer):
    """Bound from construction on; clients are let in by `open`."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128  # services that all start at once
    sessions: Sessions

    def __init__(self, host: str, port: int, handler: type[BaseRequestHandler]) -> None:
        super().__init__((host, port), handler, bind_and_activate=False)
        try:
            self.server_bind()
        except OSError as error:
            self.server_close()
            raise StackError(
                f"cannot listen at {host}:{port}: {error.strerror}. "
                "Stop what listens there, or choose another port."
            ) from error

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def open(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.server_activate()
        Thread(target=self.serve_forever, args=(STOP_LOOK_SECONDS,), daemon=True).start()

    def shut(self) -> None:
        """Lets no further client in; conversations go on."""
        self.shutdown()
        self.socket.close()

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any
    ) -> None:
        """A conversation crashed; the others go on."""
        log.exception("connection crashed", client=client_address[0])
