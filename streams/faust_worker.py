"""A stage as a Faust worker: group membership, fetching and back-pressure; the rest is `stage.py`.

The group's committed offset is only a hint: at every assignment it is overwritten with the
position in the state log, and Faust's own seek then lands exactly there.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import faust
import structlog
from faust.types import TP
from mode import CrashingSupervisor

from streams.aiokafka_log import AiokafkaLog
from streams.envelopes import Envelope, pin_of
from streams.errors import WrongPartitions
from streams.stage import Logic, Stage
from streams.watch import Watch, check_held

_TAKE: Final = 64
"""Envelopes in a flush: more does not raise throughput, fewer lowers it."""

_WITHIN_SECONDS: Final = 0.02
_BUFFER: Final = 256
"""Messages that Faust fetches ahead: each may be an envelope of 200 events."""

_FETCH_BYTES: Final = 8 << 20
"""Of a partition at once: an envelope of 200 candidates has 240 kB, and a flush takes many."""

_SESSION_SECONDS: Final = 10.0
_HEARTBEAT_SECONDS: Final = 2.0
_REBALANCE_SECONDS: Final = 60.0
_HINT_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 5.0
_REWIND_SECONDS: Final = 1.0
_LAST_FLUSH_SECONDS: Final = 3.0
"""At the end a flush is waited for this long; one that is cut off is done again by the next."""

_log = structlog.get_logger("streams")


class Needed(Protocol):
    """Something that must be up before a stage may decide."""

    async def start(self) -> None:
        """Return when it is up; may be called again."""

    async def stop(self) -> None:
        """Let go of everything."""


@dataclass(frozen=True, slots=True)
class Member:
    """How a worker appears in Kafka, and what it reads: `source`, of so many partitions.

    `instance`: a name that outlives a restart, or None.
    """

    name: str
    source: str
    partitions: int
    kafka: Sequence[str]
    folder: Path
    instance: str | None = None


def run(member: Member, logic: Logic, log: AiokafkaLog, needed: Sequence[Needed] = ()) -> None:
    """Work until SIGTERM or SIGINT, then end the process; raises what ended the work."""
    member.folder.mkdir(parents=True, exist_ok=True)
    app = _app(member)
    worker = _Worker(app, member, Stage(logic, log), log, needed)
    worker.connect()
    app.finalize()
    process = faust.Worker(app, quiet=True, redirect_stdouts=False, override_logging=False)
    process.spinner = None
    try:
        process.loop.run_until_complete(process.start())
    finally:
        process.stop_and_shutdown()


def _app(member: Member) -> Any:
    return faust.App(
        f"counterfoil-{member.name}",
        broker=[f"kafka://{server}" for server in member.kafka],
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=member.instance,
        consumer_max_fetch_size=_FETCH_BYTES,
        # Nothing is ever acked, so waiting for that would never end.
        stream_wait_empty=False,
        stream_buffer_maxsize=_BUFFER,
        broker_session_timeout=_SESSION_SECONDS,
        broker_heartbeat_interval=_HEARTBEAT_SECONDS,
        broker_rebalance_timeout=_REBALANCE_SECONDS,
        broker_commit_interval=_HINT_SECONDS,
        datadir=str(member.folder),
    )


class _Worker:
    def __init__(
        self,
        app: Any,
        member: Member,
        stage: Stage,
        log: AiokafkaLog,
        needed: Sequence[Needed],
    ) -> None:
        self._app = app
        self._member = member
        self._stage = stage
        self._log = log
        self._needed = (log, *needed)
        self._asked: dict[int, float] = {}
        self._watch = Watch()
        self._reported = 0

    def connect(self) -> None:
        app = self._app
        app.on_partitions_revoked.connect(self._revoked)
        app.on_rebalance_complete.connect(self._assigned)
        app.on_before_shutdown.connect(self._ended)
        app.timer(_HINT_SECONDS)(self._hint)
        app.timer(_LOOK_SECONDS)(self._look)
        app.agent(
            app.topic(self._member.source, value_type=bytes),
            name=self._member.name,
            supervisor_strategy=CrashingSupervisor,
        )(self._run)

    async def _run(self, stream: Any) -> None:
        async for batch in stream.noack().noack_take(_TAKE, within=_WITHIN_SECONDS):
            behind = await self._stage.step([_envelope(event.message) for event in batch])
            for partition in behind:
                await self._rewind(partition, "an envelope is missing")

    async def _revoked(self, app: Any, revoked: object, **_: object) -> None:
        await self._stage.revoke()

    async def _assigned(self, app: Any, **_: object) -> None:
        """Restore what was assigned; Faust seeks to the committed offsets after this."""
        for needed in self._needed:  # not in a task: Faust starts those only after this handler
            await needed.start()
        generation, started = app.consumer_generation_id, time.monotonic()
        mine = {
            place.partition
            for place in app.consumer.assignment()
            if place.topic == self._member.source
        }
        await self._check_count()
        shards = await self._stage.restore(mine)
        positions = {number: shard.position for number, shard in shards.items()}
        check_held(self._member.source, positions, await self._log.held(self._member.source, mine))
        if generation != app.consumer_generation_id:
            return  # another rebalance began meanwhile, and calls again
        self._stage.own(shards)
        await self._hint()
        _log.info(
            "restored",
            stage=self._member.name,
            partitions=",".join(map(str, shards)) or "none",
            keys=sum(len(shard.values) for shard in shards.values()),
            seconds=round(time.monotonic() - started, 2),
        )

    async def _check_count(self) -> None:
        """Keys are spread by the number of partitions, so a wrong one would split visitors."""
        member = self._member
        if (count := await self._log.partitions(member.source)) != member.partitions:
            raise WrongPartitions(
                f"{member.source} has {count} partitions, and COUNTERFOIL_PARTITIONS says "
                f"{member.partitions}. Set it to what the topics were made with."
            )

    async def _ended(self, app: Any, **_: object) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stage.revoke(), _LAST_FLUSH_SECONDS)
        for needed in reversed(self._needed):
            await needed.stop()

    async def _hint(self) -> None:
        """Commit the positions: for lag monitors, and for Faust's seek after an assignment."""
        assignment = self._app.consumer.assignment()
        places = {
            TP(self._member.source, number): shard.position
            for number, shard in self._stage.shards.items()
        }
        if places := {place: offset for place, offset in places.items() if place in assignment}:
            await self._app.consumer._commit(places)

    async def _look(self) -> None:
        """Say how far the work is, and ask again for what an idle partition should bring."""
        stage, source = self._stage, self._member.source
        if stage.lines != self._reported:
            _log.info("decided", stage=self._member.name, lines=stage.lines, fenced=stage.fenced)
            self._reported = stage.lines
        positions = {number: shard.position for number, shard in stage.shards.items()}
        if not positions or stage.is_busy:
            self._watch.forget()
            return
        found = await self._app.consumer.highwaters(*(TP(source, one) for one in positions))
        ends = {place.partition: end or 0 for place, end in found.items()}
        for partition in self._watch.stalled(positions, ends):
            await self._rewind(partition, "nothing comes although there is more")

    async def _rewind(self, partition: int, reason: str) -> None:
        """A source log has no holes, so what is missing was lost on the way: fetch it again."""
        shard, now = self._stage.shards.get(partition), time.monotonic()
        if shard is None or now - self._asked.get(partition, -_REWIND_SECONDS) < _REWIND_SECONDS:
            return
        self._asked[partition] = now
        _log.warning(
            "rewind",
            stage=self._member.name,
            partition=partition,
            position=shard.position,
            reason=reason,
        )
        await self._app.consumer.seek(TP(self._member.source, partition), shard.position)


def _envelope(message: Any) -> Envelope:
    return Envelope(
        message.topic, message.partition, message.offset, message.value, pin_of(message.headers)
    )
