"""Announces changes: strictly in their order, each acknowledged before the next is sent.

A crash between acknowledgement and mark repeats records, identically; nothing is lost or reordered.
"""

from collections.abc import Callable
from threading import Event
from typing import Final, Protocol

import structlog

from partnerships.kafka_catalog_topic import TopicUnavailable
from partnerships.store.outbox import Announcement, Outbox, OutboxUnavailable

_POLL_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 1.0

_log = structlog.get_logger()


class Topic(Protocol):
    """Where changes are announced."""

    def publish(self, key: bytes, value: bytes) -> None:
        """Return when the record is acknowledged; raises TopicUnavailable."""


def announce(outbox: Outbox, topic: Topic, now_ms: Callable[[], int]) -> int:
    """Announce all that waits; the number of records. Raises as its parts do."""
    count = 0
    while waiting := outbox.freeze(now_ms()):
        acknowledged: list[Announcement] = []
        try:
            for each in waiting:
                topic.publish(each.key, each.value)
                acknowledged.append(each)
        finally:
            outbox.mark(acknowledged)
        count += len(acknowledged)
    return count


def keep_announcing(outbox: Outbox, topic: Topic, now_ms: Callable[[], int], stop: Event) -> None:
    """Announce changes as they come until `stop`; waits for engines that are away."""
    troubled = ""
    while not stop.is_set():
        try:
            with outbox.listening() as alone:
                while alone and not stop.is_set():
                    count = announce(outbox, topic, now_ms)
                    if count or troubled:
                        _log.info("announced", records=count)
                    troubled = ""
                    outbox.wait(_POLL_SECONDS)
            trouble = "another announcer is at work"
        except (OutboxUnavailable, TopicUnavailable) as error:
            trouble = str(error)
        if not stop.is_set() and trouble != troubled:
            _log.warning("waiting", cause=trouble)
        troubled = trouble
        stop.wait(_RETRY_SECONDS)
