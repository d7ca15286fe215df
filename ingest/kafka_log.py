"""Writes envelopes to Kafka, acknowledged by all in-sync replicas (acks=all).

No idempotent producer: one envelope a partition is on its way at a time, repeats are found by event
id, and a sequence gap after a long outage must never stop the collector for good.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from ingest.events import CATALOG, EVENTS, PIN_HEADER

_OLDEST_BROKER: Final = (2, 6)
_RECORD_GIVEN_UP_MS: Final = 15_000
_REQUEST_GIVEN_UP_MS: Final = 10_000
_RECONNECT_AT_MOST_MS: Final = 1_000
_METADATA_PATIENCE_MS: Final = 1_000
_LARGEST_REQUEST_BYTES: Final = 8 * 1024 * 1024


class KafkaLog:
    """The producer; its network thread calls back into the event loop, once an envelope."""

    def __init__(
        self, servers: Sequence[str], loop: asyncio.AbstractEventLoop, pin: Callable[[], int]
    ) -> None:
        self._loop = loop
        self._pin = pin
        self._producer: Any = KafkaProducer(
            bootstrap_servers=list(servers),
            client_id="ingest",
            # Given, so that the constructor does not wait for a broker that is away.
            api_version=_OLDEST_BROKER,
            acks="all",
            enable_idempotence=False,
            linger_ms=0,
            max_in_flight_requests_per_connection=5,
            delivery_timeout_ms=_RECORD_GIVEN_UP_MS,
            request_timeout_ms=_REQUEST_GIVEN_UP_MS,
            max_block_ms=_METADATA_PATIENCE_MS,
            reconnect_backoff_max_ms=_RECONNECT_AT_MOST_MS,
            max_request_size=_LARGEST_REQUEST_BYTES,
            metrics_enabled=False,
        )

    def write(self, partition: int, value: bytes, done: Callable[[str], None]) -> None:
        """One envelope, stamped with the catalog's sequence read so far; see `Log`."""

        def landed(_: object) -> None:
            self._loop.call_soon_threadsafe(done, "")

        def failed(error: BaseException) -> None:
            self._loop.call_soon_threadsafe(done, _reason(error))

        headers = [(PIN_HEADER, str(self._pin()).encode())]
        try:
            future = self._producer.send(EVENTS, value, partition=partition, headers=headers)
        except KafkaError as error:
            failed(error)
        else:
            future.add_callback(landed)
            future.add_errback(failed)

    async def partitions(self) -> int:
        """How many partitions `events` has; 0 while Kafka is away or has no such topic."""
        try:
            found = await asyncio.to_thread(self._producer.partitions_for, EVENTS)
        except KafkaError:
            return 0
        return len(found or ())

    async def write_catalog(self, key: bytes, value: bytes) -> str:
        """One record of the catalog topic: "" when durable, else why not."""

        def write() -> str:
            patience = _RECORD_GIVEN_UP_MS / 1000
            try:
                self._producer.send(CATALOG, value, key=key, partition=0).get(timeout=patience)
            except KafkaError as error:
                return _reason(error)
            return ""

        return await asyncio.to_thread(write)

    async def close(self) -> None:
        """Wait for what is on its way, within the time a record has, and end."""
        await asyncio.to_thread(self._producer.close, _RECORD_GIVEN_UP_MS / 1000)


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
