"""Plays source logs through a stage in any steps, with the process dying now and then."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain, zip_longest

from ingest.events import EVENTS, Event, Partitions, Tick, encode_envelope, partition_of
from partnerships.catalog import Catalog, View
from streams.attribution import Attribution
from streams.envelopes import Envelope
from streams.stage import Logic, Stage
from tests.streams.builders import IDS
from tests.streams.memory_log import Crash, MemoryLog

PARTITIONS = Partitions(events=2, candidates=2)
Source = dict[int, list[Envelope]]


class KnownCatalog:
    """A catalog that was read to its end."""

    def __init__(self, catalog: Catalog, collectors: Collection[str] = ("c1",)) -> None:
        self._catalog = catalog
        self._collectors = collectors

    async def reach(self, pin: int) -> None:
        """It was reached long ago."""

    def at(self, pin: int) -> View:
        return self._catalog.at(pin)

    def registered(self) -> Collection[str]:
        return self._collectors


def stage_a(catalog: Catalog) -> Attribution:
    """Stage A's logic with the tests' ids."""
    return Attribution(KnownCatalog(catalog), IDS, PARTITIONS)


def events_log(lines: Iterable[Event | Tick], per_envelope: int, pin: int) -> Source:
    """The events log: an event in its visitor's partition, a tick in each."""
    waiting: dict[int, list[Event | Tick]] = {p: [] for p in range(PARTITIONS.events)}
    for line in lines:
        if isinstance(line, Tick):
            for partition in waiting.values():
                partition.append(line)
        else:
            waiting[partition_of(line.visitor, PARTITIONS.events)].append(line)
    return {
        partition: [
            Envelope(
                EVENTS, partition, offset, encode_envelope(all_lines[at : at + per_envelope]), pin
            )
            for offset, at in enumerate(range(0, len(all_lines), per_envelope))
        ]
        for partition, all_lines in waiting.items()
    }


def topic_log(topic: str, log: MemoryLog, per_envelope: int) -> Source:
    """What a stage wrote into a topic, as the next stage's source."""
    found: Source = {}
    for (name, partition), lines in sorted(log.lines.items()):
        if name == topic:
            found[partition] = [
                Envelope(topic, partition, offset, b"\n".join(lines[at : at + per_envelope]))
                for offset, at in enumerate(range(0, len(lines), per_envelope))
            ]
    return found


def play(
    logic: Callable[[], Logic],
    source: Source,
    steps: Sequence[int] = (1,),
    crashes: Iterable[tuple[int, bool]] = (),
) -> MemoryLog:
    """The log after every envelope was decided, `steps` envelopes at a time.

    crashes: the process dies at so many calls of the log after its start, before the call's
    effect or after it, and another one takes over.
    """
    return asyncio.run(_play(logic, source, steps, crashes))


async def _play(
    logic: Callable[[], Logic],
    source: Source,
    steps: Sequence[int],
    crashes: Iterable[tuple[int, bool]],
) -> MemoryLog:
    log, planned, step = MemoryLog(), iter(crashes), 0
    stage = await _started(logic, log, source)
    while waiting := _waiting(stage, source):
        if log.crash_in is None:
            log.crash_in, log.before_effect = next(planned, (None, False))
        try:
            await stage.step(waiting[: steps[step % len(steps)]])
        except Crash:
            log.compact()
            stage = await _started(logic, log, source)
        step += 1
    return log


async def _started(logic: Callable[[], Logic], log: MemoryLog, source: Source) -> Stage:
    stage = Stage(logic(), log)
    stage.own(await stage.restore(source))
    return stage


def _waiting(stage: Stage, source: Source) -> list[Envelope]:
    """What is next, one partition after the other, so that a step touches several."""
    rest = [source[number][shard.position :] for number, shard in stage.shards.items()]
    return [one for one in chain(*zip_longest(*rest)) if one is not None]
