"""A broker in memory for `streams.stage`: the same promises as Kafka, and crashes on demand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from streams.shard import Output, Shard, StateRecord


class Crash(Exception):
    """The process was killed here."""


@dataclass
class MemoryLog:
    """`lines`: the lines of each topic and partition in their order; `state`: of each state log.

    `crash_in`: so many calls from now the process dies, after the call's effect; `before_effect`:
    before it.
    """

    lines: dict[tuple[str, int], list[bytes]] = field(default_factory=lambda: defaultdict(list))
    state: dict[int, list[tuple[int, StateRecord]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ends: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    crash_in: int | None = None
    before_effect: bool = False

    async def deliver(self, outputs: Sequence[Output]) -> None:
        """Take all lines at once."""
        if not outputs:
            return
        with self._perhaps_crashing() as takes_effect:
            if takes_effect:
                for output in outputs:
                    self.lines[output.topic, output.partition].append(output.line)

    async def append(self, partition: int, records: Sequence[StateRecord]) -> int | None:
        """Take the batch as a whole."""
        base = self.ends[partition]
        with self._perhaps_crashing() as takes_effect:
            if takes_effect:
                self.state[partition] += enumerate(records, base)
                self.ends[partition] += len(records)
        return base

    async def catch_up(self, shards: Sequence[Shard]) -> None:
        """Let each shard absorb what it has not read."""
        for shard in shards:
            for offset, record in self.state[shard.partition]:
                if offset >= shard.log_end:
                    shard.absorb(record)
            shard.log_end = self.ends[shard.partition]

    def compact(self) -> None:
        """Keep the newest record of each key, as compaction does."""
        for partition, records in self.state.items():
            newest = {record.key: (offset, record) for offset, record in records}
            self.state[partition] = sorted(newest.values(), key=lambda pair: pair[0])

    def all_lines(self, topic: str) -> list[bytes]:
        """The lines of a topic, partition after partition, repeats included."""
        return [line for key in sorted(self.lines) if key[0] == topic for line in self.lines[key]]

    @contextmanager
    def _perhaps_crashing(self) -> Iterator[bool]:
        if self.crash_in is None:
            yield True
            return
        self.crash_in -= 1
        crashes = self.crash_in < 0
        yield not (crashes and self.before_effect)
        if crashes:
            self.crash_in = None
            raise Crash
