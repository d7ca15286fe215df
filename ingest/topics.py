"""The topics of an installation: how many partitions each has, and how long it keeps what."""

from dataclasses import dataclass, field
from typing import Final

from ingest.events import (
    CANDIDATES,
    CATALOG,
    CONVERSIONS,
    DEAD_LETTERS,
    EVENTS,
    REVERSALS,
    SESSIONS,
    STATE_ADVERTISERS,
    STATE_VISITORS,
    TOUCHES,
    Partitions,
)

_DAY_MS: Final = 24 * 60 * 60 * 1000
_FOR_EVER: Final = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
# A stage's state is one record batch a flush and partition; a record must survive ten minutes so
# that a better one can be repaired before compaction drops it, and restores read small segments.
_STATE: Final = {
    "cleanup.policy": "compact",
    "min.compaction.lag.ms": str(10 * 60 * 1000),
    "segment.bytes": str(16 * 1024 * 1024),
    "min.cleanable.dirty.ratio": "0.2",
    "max.message.bytes": str(9 * 1024 * 1024),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; `configs` are Kafka's names and values."""

    name: str
    partitions: int
    configs: dict[str, str] = field(default_factory=dict)


def topics(partitions: Partitions) -> list[Topic]:
    """All topics; candidates, conversions and reversals are books of record and kept for ever."""
    return [
        Topic(EVENTS, partitions.events, _kept_days(90)),
        Topic(SESSIONS, partitions.events, _kept_days(90)),
        Topic(TOUCHES, partitions.events, _kept_days(90)),
        Topic(CANDIDATES, partitions.candidates, _FOR_EVER),
        Topic(CONVERSIONS, partitions.candidates, _FOR_EVER),
        Topic(REVERSALS, partitions.candidates, _FOR_EVER),
        Topic(DEAD_LETTERS, 1, _kept_days(14)),
        Topic(STATE_VISITORS, partitions.events, _STATE),
        Topic(STATE_ADVERTISERS, partitions.candidates, _STATE),
        Topic(CATALOG, 1, {"cleanup.policy": "compact"}),
    ]


def _kept_days(days: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(days * _DAY_MS)}
