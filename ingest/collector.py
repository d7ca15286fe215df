"""The collector without its HTTP: what is durable, what is ready, and how far time has come.

Its low mark is the oldest receipt that Kafka has not acknowledged; once a second it ticks that
into every partition of `events` (rules.md §9).
"""

import asyncio
import os
from collections.abc import Sequence
from itertools import count
from typing import Final, Protocol

import structlog

from ingest import metrics
from ingest.admission import Receipt
from ingest.clock import Clock
from ingest.delivery import NotDurable
from ingest.envelopes import Envelopes, Full
from ingest.events import Event, Tick
from ingest.snapshot import Snapshot
from ingest.state import State
from partnerships.catalog import Collector as Registration
from partnerships.catalog import encode, key_of

PATIENCE_MS: Final = 5_000
"""A line that is not acknowledged by then is answered 503; it may still become durable."""

_TICK_SECONDS: Final = 1.0
_LOOK_AGAIN_SECONDS: Final = 0.1
_TRY_AGAIN_SECONDS: Final = 1.0
_LOOKS: Final = 20
"""A registration is read back in milliseconds; after so many looks it is written again."""

log = structlog.get_logger()


class Unavailable(Exception):
    """Nothing was promised for these events: the client should send them again."""


class WrongPartitions(Exception):
    """Kafka's topic has another number of partitions than the settings say."""


class Catalog(Protocol):
    """The catalog as read so far."""

    at_end: bool
    current: Snapshot

    def collector(self, collector_id: str) -> Registration | None:
        """The registration of a collector."""


class Setup(Protocol):
    """What the log must tell and take before the first event."""

    async def partitions(self) -> int:
        """How many partitions `events` has; 0: not known yet."""

    async def write_catalog(self, key: bytes, value: bytes) -> str:
        """Append one record to the catalog topic: "" when durable, else why not."""


class Collector:
    """Takes events once it is registered; `run` makes it so and keeps its ticks."""

    def __init__(
        self, state: State, clock: Clock, catalog: Catalog, setup: Setup, envelopes: Envelopes
    ) -> None:
        self._state = state
        self._clock = clock
        self._catalog = catalog
        self._setup = setup
        self._envelopes = envelopes
        self._boot = os.urandom(8).hex()
        self._numbers = count()
        self._registered = False
        self._ticked_at: int | None = None

    @property
    def known(self) -> Snapshot:
        """The catalog as read so far."""
        return self._catalog.current

    @property
    def open(self) -> bool:
        """Whether it has registered, and so knows the catalog and may take events."""
        return self._registered

    def receipt(self) -> Receipt:
        """The receipt of what is taken now."""
        return Receipt(self._clock.now_ms(), self._state.id, self._next_id)

    def unready(self) -> list[str]:
        """Why no event can be taken, or would wait too long; empty: it is ready."""
        if not self._catalog.at_end:
            return ["the catalog is not read to its end"]
        if not self._registered:
            return ["the collector is not registered"]
        if self._ticked_at is None or self._clock.now_ms() - self._ticked_at > PATIENCE_MS:
            return ["Kafka does not acknowledge"]
        return []

    async def store(self, events: Sequence[Event]) -> None:
        """Return when all events are durable; raises Unavailable."""
        assert self._registered, "nothing is stored before the collector is open"
        try:
            await self._envelopes.send(events).durable()
        except (Full, NotDurable) as error:
            raise Unavailable(str(error) or "too much waits for Kafka") from error
        metrics.accepted.inc(len(events))

    async def run(self, partitions: int) -> None:
        """Register, then tick until cancelled; raises WrongPartitions."""
        await self._wait_for_log(partitions)
        while not self._catalog.at_end:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        await self._register()
        log.info("registered", collector=self._state.id, pin=self.known.pin)
        async with asyncio.TaskGroup() as ticks:
            tick = ticks.create_task(self._tick())
            while True:
                await asyncio.sleep(_TICK_SECONDS)
                self._envelopes.give_up(self._clock.now_ms() - PATIENCE_MS)
                if tick.done():
                    tick = ticks.create_task(self._tick())

    async def _tick(self) -> None:
        now = self._clock.now_ms()
        oldest = self._envelopes.oldest_ms()
        low = now if oldest is None else oldest
        self._state.keep_clock(now)
        try:
            await self._envelopes.tick(
                Tick(collector=self._state.id, low_ms=low, at_ms=now)
            ).durable()
        except NotDurable as error:
            log.warning("tick_not_durable", error=str(error), low_ms=low)
            return
        self._ticked_at = now
        metrics.catalog_pin.set(self.known.pin)
        metrics.low_mark.set(low / 1000)

    async def _wait_for_log(self, partitions: int) -> None:
        while not (found := await self._setup.partitions()):
            await asyncio.sleep(_TRY_AGAIN_SECONDS)
        if found != partitions:
            raise WrongPartitions(
                f"counterfoil.events has {found} partitions, COUNTERFOIL_PARTITIONS says "
                f"{partitions}. The count was fixed when the topics were made: set it to that."
            )

    async def _register(self) -> None:
        """Only what stands in the catalog counts: the record is read back."""
        while not self._standing():
            record = Registration(id=self._state.id, registered_at_ms=self._clock.now_ms())
            if error := await self._setup.write_catalog(key_of(record), encode(record)):
                log.warning("not_registered", error=error)
            await self._until_standing()
        self._registered = True

    async def _until_standing(self) -> None:
        for _ in range(_LOOKS):
            if self._standing():
                return
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def _standing(self) -> bool:
        found = self._catalog.collector(self._state.id)
        return found is not None and found.retired_at_ms is None

    def _next_id(self) -> str:
        return f"{self._boot}{next(self._numbers):016x}"
