"""The configuration of supervisord for one stack: each service restarted for ever, each logged."""

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

from embedded.services import Service
from embedded.sockets import socket_directory
from embedded.stack import CHECKOUT, Stack

SOCKET_FILE = "supervisor.sock"
STARTED_SECONDS = 1  # a service that lives so long counts as started
STOP_SECONDS = 25  # ClickHouse gives running queries 20 s
LOG_BYTES = 10 * 1024 * 1024
LOG_FILES = 3
# supervisord waits one second more before each further try; it must never give up.
TRIES = 1_000_000


def supervisor_socket(stack: Stack) -> Path:
    """Where supervisord takes commands."""
    return socket_directory(stack.run, SOCKET_FILE, os.geteuid()) / SOCKET_FILE


def supervisor_file(stack: Stack, services: Iterable[Service]) -> str:
    """The text of the configuration file. It holds no secret."""
    services = tuple(services)
    socket = supervisor_socket(stack)
    sections: dict[str, dict[str, object]] = {
        "unix_http_server": {"file": socket, "chmod": "0700"},
        "supervisord": {
            "logfile": stack.logs / "supervisord.log",
            "logfile_maxbytes": LOG_BYTES,
            "logfile_backups": LOG_FILES,
            "pidfile": stack.run / "supervisord.pid",
            "directory": CHECKOUT,
            "nocleanup": "true",
            "user": 0 if os.geteuid() == 0 else None,  # root must say so
        },
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }
    for service in services:
        sections[f"program:{service.name}"] = _program(stack, service)
    for group in ("engines", "rooms"):
        names = ",".join(service.name for service in services if service.group == group)
        sections[f"group:{group}"] = {"programs": names or None}
    return "\n".join(_section(name, values) for name, values in sections.items())


def _program(stack: Stack, service: Service) -> dict[str, object]:
    launch = [sys.executable, "-m", "embedded.launch", "--data", str(stack.data)]
    return {
        "command": shlex.join([*launch, "--port-base", str(stack.port_base), service.name]),
        "autostart": "false",
        "autorestart": "true",
        "startsecs": STARTED_SECONDS,
        "startretries": TRIES,
        "stopsignal": service.stop.name.removeprefix("SIG"),
        "stopwaitsecs": STOP_SECONDS,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": stack.logs / f"{service.name}.log",
        "stdout_logfile_maxbytes": LOG_BYTES,
        "stdout_logfile_backups": LOG_FILES,
    }


def _section(name: str, values: dict[str, object]) -> str:
    present = {key: value for key, value in values.items() if value is not None}
    if not present:
        return ""
    lines = [f"{key}={str(value).replace('%', '%%')}\n" for key, value in present.items()]
    return f"[{name}]\n{''.join(lines)}"
