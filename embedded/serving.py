"""One foreground web service: it listens where it is told and ends cleanly on SIGTERM."""

import asyncio
import signal
import socket
import sys
from types import FrameType
from typing import NamedTuple

import click
import structlog
import uvicorn
from starlette.types import ASGIApp

# Requests that are under way when the end is asked for get this long.
GRACE_SECONDS = 5


class Address(NamedTuple):
    """Where a service listens."""

    host: str
    port: int


class AddressType(click.ParamType):
    """`HOST:PORT` on the command line."""

    name = "host:port"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            self.fail(f"{value!r} is no address: write HOST:PORT, like 127.0.0.1:8003", param, ctx)
        return Address(host, int(port))


LISTEN = AddressType()


def bind(address: Address) -> socket.socket:
    """A socket at this address; says in words when it cannot be had."""
    try:
        return socket.create_server(address)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen at {address.host}:{address.port}: {error.strerror}. "
            "Stop what listens there, or choose another port."
        ) from error


def serve(
    name: str, app: ASGIApp, listen: Address, *, protocol: type[asyncio.Protocol] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; the process then ends with exit code 0."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.get_logger().info("starting", service=name, host=listen.host, port=listen.port)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _end)
    config = uvicorn.Config(
        app,
        http=protocol or "auto",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[bind(listen)])


def _end(_number: int, _frame: FrameType | None) -> None:
    """uvicorn repeats the signal that ended it once all is closed: that is the good end."""
    sys.exit(0)
