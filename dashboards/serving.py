"""Wires the room's parts from its settings and serves the pages until it is told to stop."""

import asyncio
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog

from dashboards.app import create_app
from dashboards.built import read_built
from dashboards.clock import now_ms
from dashboards.parts import Parts
from dashboards.server import Server
from dashboards.settings import Settings
from partnerships import Store as Partnerships
from partnerships.keys import read_keys
from settlement.statements import Statements
from warehouse.store import Store as Warehouse


class CannotListen(Exception):
    """Somebody else has the port, or it is not ours to take."""


def serve(environment: Mapping[str, str]) -> None:
    """Serve until SIGTERM. Raises SettingsError, KeysError, NotBuilt and CannotListen."""
    settings = Settings.from_env(environment)
    _log_to_stderr()
    with _parts(settings) as parts, _listening(*settings.listen) as listener:
        asyncio.run(_serve(parts, listener))


async def _serve(parts: Parts, listener: socket.socket) -> None:
    app = create_app(parts)
    host, port = parts.settings.listen
    structlog.get_logger().info("serving", host=host, port=port)
    await Server(app, app.state.closing).serve([listener])


@contextmanager
def _parts(settings: Settings) -> Iterator[Parts]:
    keys, built = read_keys(settings.keys), read_built()
    partnerships = Partnerships(settings.postgres)
    with Warehouse(settings.clickhouse) as warehouse:
        yield Parts(
            settings=settings,
            keys=keys,
            partnerships=partnerships,
            warehouse=warehouse,
            statements=Statements.at(settings.postgres),
            built=built,
            now_ms=now_ms,
        )
    partnerships.close()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host.strip("[]"), port), family=family)
    except OSError as error:
        raise CannotListen(f"Cannot listen at {host}:{port}: {error.strerror}.") from error
    with listener:
        yield listener


def _log_to_stderr() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
