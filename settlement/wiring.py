"""Builds a settlement from settings: the one place that knows which adapter stands where."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, create_engine

from partnerships import Store as Partnerships
from settlement import clock
from settlement.applying import Applying
from settlement.books import Books
from settlement.charging import Charging
from settlement.closed_rows import ClosedRows
from settlement.crash_points import crash_at
from settlement.evidence import Evidence
from settlement.journal import Journal
from settlement.parties import Parties
from settlement.partnership_profiles import PartnershipProfiles
from settlement.planning import Planning
from settlement.settings import Settings
from settlement.settling import Settling
from settlement.statements import Statements
from settlement.stripe_gateway import StripeGateway
from settlement.transferring import Transferring
from settlement.watermark import wait_until_passed
from warehouse.store import Store as Warehouse

_POOL: Final = 5
_CONNECT_SECONDS: Final = 10
# The rows of a large day are read while they are written into the books.
_QUESTION_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Settlement:
    """All that a command may need."""

    settling: Settling
    statements: Statements
    books: Books


def engine_of(settings: Settings) -> Engine:
    """The books' database."""
    return create_engine(
        settings.postgres,
        pool_size=_POOL,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )


@contextmanager
def books_of(settings: Settings) -> Iterator[Engine]:
    """The books' database for one command."""
    engine = engine_of(settings)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def settlement_of(settings: Settings, wait_seconds: float) -> Iterator[Settlement]:
    """A settlement over the engines of the settings, for one command."""
    partnerships = Partnerships(settings.postgres)
    try:
        with (
            books_of(settings) as engine,
            Warehouse(settings.clickhouse, timeout_seconds=_QUESTION_SECONDS) as warehouse,
        ):
            yield Settlement(
                _settling(settings, engine, warehouse, partnerships, wait_seconds),
                Statements(engine),
                Books(engine),
            )
    finally:
        partnerships.close()


def _settling(
    settings: Settings,
    engine: Engine,
    warehouse: Warehouse,
    partnerships: Partnerships,
    wait_seconds: float,
) -> Settling:
    reached = crash_at(settings.crash_at)
    gateway = StripeGateway(settings.stripe_key, settings.stripe_url)
    journal = Journal(engine, clock.now)
    profiles = PartnershipProfiles(partnerships, clock.now)
    parties = Parties(engine, gateway, profiles, journal, reached)
    evidence = Evidence(warehouse, settings.candidate_partitions)
    applying = Applying(
        engine,
        evidence,
        ClosedRows(engine, warehouse),
        Charging(engine, gateway, parties, journal, clock.now, reached),
        Transferring(engine, gateway, parties, journal, clock.now, reached),
        clock.now,
        reached,
    )

    def passed_by(moment: datetime) -> datetime:
        return wait_until_passed(evidence, moment, wait_seconds, time.sleep)

    return Settling(
        engine, Planning(engine, evidence), applying, parties, clock.now, reached, passed_by
    )
