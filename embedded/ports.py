"""Whether a stack's ports are free, asked before anything starts."""

import socket
from collections.abc import Iterable
from contextlib import suppress

from embedded.errors import StackError
from embedded.services import Service
from embedded.stack import Listener, Stack


def check_ports(stack: Stack, services: Iterable[Service]) -> None:
    """Raises StackError that names every port somebody else has, and the service that needs it."""
    wanted = [(listener, service) for service in services for listener in service.listeners]
    taken = [(listener, service) for listener, service in wanted if not _free(stack, listener)]
    if not taken:
        return
    lines = [f"port {stack.port(listener)} ({service.name})" for listener, service in taken]
    raise StackError(
        f"taken by another program: {', '.join(lines)}.\n"
        "Stop that program, or choose other ports: ./counterfoil up --port-base N"
    )


def _free(stack: Stack, listener: Listener) -> bool:
    with socket.socket() as probe, suppress(OSError):
        # A port whose last connections are still being forgotten is free for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", stack.port(listener)))
        return True
    return False
