"""`python -m embedded.launch --data DIR --port-base N SERVICE`: becomes that service.

supervisord runs every service through here, so the secrets of its environment stand in no file
but their own, and a note of its pid survives any kill.
"""

import argparse
import os
from pathlib import Path

from embedded.processes import Started
from embedded.services import service_named
from embedded.settings import own_environment
from embedded.stack import Stack


def main() -> None:
    """Notes this process as the service's, then becomes the service."""
    parser = argparse.ArgumentParser(description="Become one service of a stack.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port-base", type=int, required=True)
    parser.add_argument("service")
    arguments = parser.parse_args()
    stack = Stack(arguments.data, arguments.port_base)
    service = service_named(arguments.service)
    Started.of(os.getpid()).write(stack.run / f"{service.name}.pid")
    command = service.command(stack)
    os.execve(command[0], command, own_environment() | service.environment(stack))


main()
