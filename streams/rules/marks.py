"""How far each collector's log is complete, and the least of them (rules.md §9)."""

from collections.abc import Collection
from typing import Final

import msgspec

from ingest.events import Tick

_FORWARD_MS: Final = 1000


class Lows(msgspec.Struct, frozen=True, array_like=True):
    """The low mark of each collector in one partition, and what was forwarded: value and when."""

    of_collector: dict[str, int] = {}
    forwarded_ms: int = 0
    forwarded_second: int = -1


def ticked(
    lows: Lows, tick: Tick, now_ms: int, registered: Collection[str]
) -> tuple[Lows, int | None]:
    """The marks after a tick, and the watermark to forward, at most one in a second of the log.

    `registered`: the collectors that are not retired; as long as one of them has not ticked in
    this partition nothing is forwarded. Neither a collector's low mark nor what is forwarded ever
    goes back.
    """
    low_ms = max(tick.low_ms, lows.of_collector.get(tick.collector, 0))
    known = {**lows.of_collector, tick.collector: low_ms}
    second = now_ms // _FORWARD_MS
    if second <= lows.forwarded_second or not registered or not known.keys() >= set(registered):
        return Lows(known, lows.forwarded_ms, lows.forwarded_second), None
    watermark_ms = max(min(known[collector] for collector in registered), lows.forwarded_ms)
    return Lows(known, watermark_ms, second), watermark_ms


class Sources(msgspec.Struct, frozen=True, array_like=True):
    """The watermark that each `events` partition forwarded into one of `candidates`."""

    of_partition: dict[int, int] = {}
    forwarded_ms: int = 0


def heard(
    sources: Sources, partition: int, watermark_ms: int, partitions: int
) -> tuple[Sources, int | None]:
    """The marks after one more, and the watermark to pass on when the least of all has risen."""
    risen = max(watermark_ms, sources.of_partition.get(partition, 0))
    known = {**sources.of_partition, partition: risen}
    least = min(known.get(number, 0) for number in range(partitions))
    if least <= sources.forwarded_ms:
        return Sources(known, sources.forwarded_ms), None
    return Sources(known, least), least
