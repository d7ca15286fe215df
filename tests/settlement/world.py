"""An installation in small: real PostgreSQL and ClickHouse, a Stripe in memory, a clock to set."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, create_engine

from partnerships.days import end_ms
from settlement.applying import Applying
from settlement.books import Books
from settlement.charging import Charging
from settlement.clock import from_ms, to_ms
from settlement.closed_rows import ClosedRows
from settlement.crash_points import Point
from settlement.evidence import Evidence
from settlement.gateway import Gateway
from settlement.journal import Journal
from settlement.ledger.schema import migrate
from settlement.memory_gateway import MemoryGateway
from settlement.parties import Parties, Profile, Profiles
from settlement.planning import Planning
from settlement.recount import everything_tracked_is_stated
from settlement.schedule import GRACE, Asked
from settlement.settling import Settled, Settling
from settlement.statements import Statements
from settlement.transferring import Transferring
from settlement.watermark import wait_until_passed
from streams.facts import Conversion, Mark
from tests.settlement.builders import DAY, ZONE, StageB
from warehouse import migrations, rows
from warehouse.store import Store

PARTITIONS = 2


class Crashed(BaseException):
    """Stands for a kill at a crash point."""


@dataclass
class KnownProfiles(Profiles):
    """Profiles that a test gives."""

    known: dict[str, Profile] = field(default_factory=dict)
    minimum_minor: int = 0

    def transfer_minimum_minor(self, partner_id: str, currency: str) -> int:
        return self.minimum_minor

    def profile(self, account_id: str) -> Profile | None:
        return self.known.get(account_id)

    def with_cards(self) -> frozenset[str]:
        return frozenset(name for name, profile in self.known.items() if profile.card)

    def add(self, account_id: str, *, card: str = "", takes_transfers: bool = False) -> None:
        """An account; without more, one that neither pays nor is paid."""
        self.known[account_id] = Profile(
            account_id=account_id,
            name=account_id.title(),
            email=f"{account_id}@example.com",
            country="DE",
            card=card,
            takes_transfers=takes_transfers,
        )


@dataclass
class World:
    """One advertiser, bikes, and its partners; what stage B decided stands in the warehouse."""

    engine: Engine
    store: Store
    gateway: Gateway = field(default_factory=MemoryGateway)
    profiles: KnownProfiles = field(default_factory=KnownProfiles)
    stage: StageB = field(default_factory=StageB)
    now: datetime = from_ms(end_ms(DAY, ZONE)) + GRACE
    crash_at: Point | None = None

    @property
    def memory(self) -> MemoryGateway:
        """The Stripe in memory."""
        assert isinstance(self.gateway, MemoryGateway)
        return self.gateway

    @property
    def statements(self) -> Statements:
        """The read side."""
        return Statements(self.engine)

    @property
    def books(self) -> Books:
        """The balances and checks."""
        return Books(self.engine)

    def load(self, conversions: Sequence[Conversion] | None = None) -> None:
        """Load conversions (all that stage B decided) and let the watermark follow the clock."""
        some = self.stage.conversions if conversions is None else conversions
        insert(self.store, some)
        self.mark()

    def mark(self) -> None:
        """Every partition has decided what was received until now."""
        mark(self.store, self.now)

    def later(self, **more: float) -> None:
        """The clock moves on, and the watermark with it."""
        self.now += timedelta(**more)
        self.mark()

    def settling(self) -> Settling:
        """A settlement of its own, as a new process would wire it."""
        journal = Journal(self.engine, self._clock)
        parties = Parties(self.engine, self.gateway, self.profiles, journal, self._reached)
        wiring = (self.engine, self.gateway, parties, journal, self._clock, self._reached)
        evidence = Evidence(self.store, PARTITIONS)
        applying = Applying(
            self.engine,
            evidence,
            ClosedRows(self.engine, self.store),
            Charging(*wiring),
            Transferring(*wiring),
            self._clock,
            self._reached,
        )
        return Settling(
            self.engine,
            Planning(self.engine, evidence),
            applying,
            parties,
            self._clock,
            self._reached,
            lambda moment: wait_until_passed(evidence, moment, 0, lambda _: None),
        )

    def apply(self, day: date = DAY, *, through: bool = True) -> Settled:
        """Close through a day, charge and send."""
        asked = Asked(day, through=through, advertiser_id=self.stage.advertiser_id)
        return self.settling().apply(asked)

    def check(self) -> None:
        """Every invariant holds."""
        recounted = everything_tracked_is_stated(self.engine, self.store)
        wrong = [each for each in [*self.books.check(), recounted] if not each.holds]
        assert not wrong, wrong

    def _clock(self) -> datetime:
        return self.now

    def _reached(self, point: Point) -> None:
        if point == self.crash_at:
            self.crash_at = None
            raise Crashed(point)


@contextmanager
def stores(postgres: str, clickhouse_database: str) -> Iterator[tuple[Engine, Store]]:
    """Two empty databases with their tables."""
    engine = create_engine(postgres)
    migrate(engine)
    with Store(clickhouse_database) as store:
        migrations.migrate(store)
        yield engine, store
    engine.dispose()


def world(engine: Engine, store: Store) -> World:
    """Bikes pays with a card; gravel, slow, city and forum take transfers."""
    made = World(engine, store)
    made.profiles.add("bikes", card="pm_card_visa")
    for partner in ("gravel", "slow", "city", "forum"):
        made.profiles.add(partner, takes_transfers=True)
    return made


def insert(store: Store, conversions: Sequence[Conversion]) -> None:
    """Write conversions as the loader does."""
    if conversions:
        table = rows.CONVERSIONS
        values = list(zip(*map(rows.conversion_row, conversions), strict=True))
        store.insert(table.name, table.columns, values)


def mark(store: Store, at: datetime) -> None:
    """Write each partition's mark as the loader does."""
    marks = [
        rows.progress_row("conversions", Mark(source=partition, watermark_ms=to_ms(at)), 1)
        for partition in range(PARTITIONS)
    ]
    store.insert(rows.PROGRESS.name, rows.PROGRESS.columns, list(zip(*marks, strict=True)))
