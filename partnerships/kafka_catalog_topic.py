"""Writes the catalog's topic, one record after the other, each acknowledged by all replicas."""

from collections.abc import Sequence
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

CATALOG_TOPIC: Final = "counterfoil.catalog"

_OLDEST_BROKER: Final = (2, 6)
_GIVEN_UP_MS: Final = 10_000
_REQUEST_GIVEN_UP_MS: Final = 5_000
_METADATA_PATIENCE_MS: Final = 5_000
_RECONNECT_AT_MOST_MS: Final = 1_000
_ANSWER_SECONDS: Final = 15.0


class TopicUnavailable(Exception):
    """The topic did not acknowledge; whether it has the record is not known."""


class KafkaCatalogTopic:
    """A producer that is thrown away after a failure, with all that it might still send."""

    def __init__(self, servers: Sequence[str], topic: str = CATALOG_TOPIC) -> None:
        self._servers = list(servers)
        self._topic = topic
        self._producer: Any = None

    def publish(self, key: bytes, value: bytes) -> None:
        """Return when the record is acknowledged; raises TopicUnavailable."""
        try:
            if self._producer is None:
                self._producer = self._connect()
            self._producer.send(self._topic, value, key=key, partition=0).get(_ANSWER_SECONDS)
        except KafkaError as error:
            self.close()
            raise TopicUnavailable(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Give the connections back, sending nothing more."""
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None

    def _connect(self) -> Any:
        return KafkaProducer(
            bootstrap_servers=self._servers,
            client_id="partnerships-announcer",
            # Given, so that the constructor does not wait for a broker that is away.
            api_version=_OLDEST_BROKER,
            acks="all",
            # One record at a time and repeats allowed: a producer's own numbering adds nothing.
            enable_idempotence=False,
            max_in_flight_requests_per_connection=1,
            allow_auto_create_topics=False,
            delivery_timeout_ms=_GIVEN_UP_MS,
            request_timeout_ms=_REQUEST_GIVEN_UP_MS,
            max_block_ms=_METADATA_PATIENCE_MS,
            reconnect_backoff_max_ms=_RECONNECT_AT_MOST_MS,
            metrics_enabled=False,
        )
