"""The catalog topic, followed by aiokafka from its beginning: no group, no position of its own."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from ingest.events import CATALOG
from partnerships.catalog import Catalog, CatalogRecord, Collector, View, decode
from streams.errors import CatalogError

_REACH_SECONDS: Final = 60.0
"""A pin comes from a record that its collector had read, so it is there; longer means trouble."""

_LOOK_SECONDS: Final = 0.01
_AGAIN_SECONDS: Final = 1.0
_log = structlog.get_logger("streams")


class AiokafkaCatalog:
    """The catalog as far as it was read, and a way to wait for more."""

    def __init__(
        self,
        kafka: Sequence[str],
        *,
        topic: str = CATALOG,
        reach_seconds: float = _REACH_SECONDS,
    ) -> None:
        self._kafka = list(kafka)
        self._topic = topic
        self._reach_seconds = reach_seconds
        self._catalog = Catalog()
        self._is_whole = False
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Follow the topic, and return when what stands in it was read; raises CatalogError."""
        if self._following is None:
            self._following = asyncio.create_task(self._follow_for_ever())
        await self._until(lambda: self._is_whole, "is not read to its end")

    async def stop(self) -> None:
        """Follow no longer."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait([self._following])

    async def reach(self, pin: int) -> None:
        """Return when everything up to this sequence was read; raises CatalogError."""
        if self._catalog.sequence < pin:
            await self._until(
                lambda: self._catalog.sequence >= pin,
                f"stands at {self._catalog.sequence} and an envelope is pinned to {pin}",
            )

    def at(self, pin: int) -> View:
        """The catalog as of a pin that was reached."""
        return self._catalog.at(pin)

    def registered(self) -> Collection[str]:
        """The collectors that are registered and not retired."""
        return [one.id for one in self._catalog.collectors.values() if one.retired_at_ms is None]

    async def _until(self, condition: Callable[[], bool], trouble: str) -> None:
        assert self._following is not None, "start() comes first"
        for _ in range(int(self._reach_seconds / _LOOK_SECONDS)):
            if condition():
                return
            ended, _pending = await asyncio.wait([self._following], timeout=_LOOK_SECONDS)
            for following in ended:
                following.result()
        raise CatalogError(
            f"After {self._reach_seconds:g} s the topic {self._topic} {trouble}. Is "
            "`partnerships announce` running, and is this the Kafka it writes to?"
        )

    async def _follow_for_ever(self) -> None:
        while True:
            try:
                await self._follow()
            except KafkaError as error:
                _log.warning("catalog can't be read, trying again", error=repr(error))
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _follow(self) -> None:
        reader = AIOKafkaConsumer(
            bootstrap_servers=self._kafka,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
        )
        await reader.start()
        try:
            place = TopicPartition(self._topic, 0)
            end = (await reader.end_offsets([place]))[place]
            reader.assign([place])
            while True:
                for records in (await reader.getmany(timeout_ms=1000)).values():
                    for record in records:
                        self._catalog.add(_decoded(record))
                self._is_whole = self._is_whole or await reader.position(place) >= end
        finally:
            await reader.stop()


def _decoded(record: Any) -> CatalogRecord | Collector:
    try:
        return decode(record.value)
    except msgspec.DecodeError as error:
        raise CatalogError(
            f"{record.topic} offset {record.offset} can't be read: {error}. Are these streams "
            "older than the partnerships that wrote it?"
        ) from error
