"""How many events and candidates a second one worker of each stage decides from a backlog.

A Kafka of its own, envelopes of 200 lines, all rules on; one event in twenty is a landing. Stage
B's backlog is what stage A wrote, and copies of it under other ids.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ingest.events import (
    CANDIDATES,
    CATALOG,
    EVENTS,
    MAX_ENVELOPE_EVENTS,
    PIN_HEADER,
    Event,
    Partitions,
    Tick,
    encode_envelope,
    partition_of,
)
from partnerships.catalog import Collector, encode, key_of
from partnerships.keys import make_keys
from streams import facts
from tests.engines import running_kafka
from tests.streams.builders import (
    NOON,
    OTHER,
    SECOND,
    agreement,
    catalog,
    click_objective,
    event,
    hexadecimal,
    objective,
    token,
)

_PARTITIONS = Partitions()
_VISITORS = 20_000
_EVENTS_A_SECOND = 1000
_POLL_SECONDS = 0.05
_NETWORKS = ("n1:" + "ab" * 16, "n1:" + "cd" * 16)
_KNOWN = catalog(
    objective(),
    objective("lead", type="lead", count="visitor", page="/contact*"),
    click_objective(),
    agreement("sale-1"),
    agreement("sale-2", partner=OTHER),
    agreement("lead-1", "lead"),
    agreement("click-1", "click"),
)


@click.command()
@click.option("--events", default=300_000, show_default=True, help="How many to decide.")
@click.option("--seed", default=1, show_default=True)
def main(events: int, seed: int) -> None:
    """Fill the events log, then let one worker of each stage work it off."""
    with tempfile.TemporaryDirectory() as name, running_kafka(Path(name)) as address:
        environment = _installed(address, Path(name))
        _fill(address, events, random.Random(seed))
        took = _worked_off("attribution", EVENTS, _PARTITIONS.events, environment)
        _show("attribution", "events", events, took)
        candidates = _multiplied(address, events // 2)
        took = _worked_off("budget", CANDIDATES, _PARTITIONS.candidates, environment)
        _show("budget", "candidates", candidates, took)


class Took(NamedTuple):
    """Seconds on the wall, and of the worker's processor: on a busy machine the second counts."""

    wall: float
    processor: float


def _show(stage: str, what: str, count: int, took: Took) -> None:
    click.echo(
        f"{stage:12} {count / took.wall:8,.0f} {what}/s, {count / took.processor:8,.0f} per second "
        f"of its processor ({count:,} in {took.wall:.1f} s, {took.processor:.1f} s)"
    )


def _installed(address: str, folder: Path) -> dict[str, str]:
    environment = {
        **os.environ,
        "COUNTERFOIL_KAFKA": address,
        "COUNTERFOIL_PARTITIONS": f"{_PARTITIONS.events},{_PARTITIONS.candidates}",
        "COUNTERFOIL_KEYS": str(folder / "keys.toml"),
        "COUNTERFOIL_STATE": str(folder / "state"),
    }
    make_keys(folder / "keys.toml")
    command = [sys.executable, "-m", "ingest", "topics"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def _fill(address: str, events: int, chance: random.Random) -> None:
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    for record in [*_KNOWN.records(), Collector(id="c1", registered_at_ms=0)]:
        producer.send(CATALOG, encode(record), key_of(record), partition=0)
    headers = [(PIN_HEADER, str(_KNOWN.sequence).encode())]
    waiting: dict[int, list[Event | Tick]] = {n: [] for n in range(_PARTITIONS.events)}
    for partition, line in _traffic(events, chance):
        waiting[partition].append(line)
        if len(waiting[partition]) == MAX_ENVELOPE_EVENTS:
            lines, waiting[partition] = waiting[partition], []
            producer.send(EVENTS, encode_envelope(lines), partition=partition, headers=headers)
    for partition, lines in waiting.items():
        producer.send(EVENTS, encode_envelope(lines), partition=partition, headers=headers)
    producer.flush()
    producer.close()


def _traffic(events: int, chance: random.Random) -> Iterator[tuple[int, Event | Tick]]:
    """Visitors who come and go; one in twenty events is a landing, one in thirty a purchase."""
    visitors = [hexadecimal(f"visitor {number}") for number in range(_VISITORS)]
    for number in range(events):
        now_ms = NOON + number * SECOND // _EVENTS_A_SECOND
        visitor, roll = chance.choice(visitors), chance.random()
        made: dict[str, Any] = {"path": f"/shop/item/{chance.randrange(5000)}"}
        if roll < 0.05:
            made["token"] = token(now_ms, nonce=f"{chance.getrandbits(128):032x}")
        elif roll < 0.08:
            made["path"] = "/thanks"
        elif roll < 0.20:
            made["referrer_host"] = "search.example"
        elif roll < 0.25:
            made["query"] = (("utm_source", "newsletter"),)
        name = f"{chance.getrandbits(128):032x}"
        line = event(at_ms=now_ms, id=name, visitor=visitor, networks=_NETWORKS, **made)
        yield partition_of(visitor, _PARTITIONS.events), line
        if number % _EVENTS_A_SECOND == _EVENTS_A_SECOND - 1:
            for partition in range(_PARTITIONS.events):
                yield partition, Tick(collector="c1", low_ms=now_ms, at_ms=now_ms)


def _worked_off(stage: str, topic: str, partitions: int, environment: dict[str, str]) -> Took:
    """From the worker's first committed position to the end of the log."""
    address = environment["COUNTERFOIL_KAFKA"]
    places = [TopicPartition(topic, number) for number in range(partitions)]
    reader = KafkaConsumer(
        bootstrap_servers=address, group_id=f"counterfoil-{stage}", enable_auto_commit=False
    )
    ends = reader.end_offsets(places)
    try:
        with _worker(stage, environment) as number:
            while not any(reader.committed(place) is not None for place in places):
                time.sleep(_POLL_SECONDS)
            began, used = time.monotonic(), _processor_seconds(number)
            while any((reader.committed(place) or 0) < ends[place] for place in places):
                time.sleep(_POLL_SECONDS)
            return Took(time.monotonic() - began, _processor_seconds(number) - used)
    finally:
        reader.close()


@contextmanager
def _worker(stage: str, environment: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "-m", "streams", stage]
    process = subprocess.Popen(command, env=environment)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _processor_seconds(number: int) -> float:
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _multiplied(address: str, wanted: int) -> int:
    """Add copies of the candidates until there are so many; how many there are."""
    known = list(_candidates(address))
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    total = len(known)
    for copy in range(wanted // len(known)):
        for at in range(0, len(known), MAX_ENVELOPE_EVENTS):
            lines = [_copied(one, copy) for one in known[at : at + MAX_ENVELOPE_EVENTS]]
            partition = partition_of(lines[0].advertiser_id, _PARTITIONS.candidates)
            producer.send(CANDIDATES, facts.encode_envelope(lines), partition=partition)
            total += len(lines)
    producer.flush()
    producer.close()
    return total


def _copied(candidate: facts.Candidate, copy: int) -> facts.Candidate:
    ids = {
        name: hexadecimal(f"{copy} {getattr(candidate, name)}")
        for name in ("conversion_id", "once_key", "click_key")
    }
    return msgspec.structs.replace(candidate, **ids)


def _candidates(address: str) -> Iterator[facts.Candidate]:
    places = [TopicPartition(CANDIDATES, number) for number in range(_PARTITIONS.candidates)]
    reader = KafkaConsumer(bootstrap_servers=address, max_partition_fetch_bytes=8 << 20)
    reader.assign(places)
    reader.seek_to_beginning(*places)
    ends = reader.end_offsets(places)
    while any(reader.position(place) < ends[place] for place in places):
        for records in reader.poll(timeout_ms=500).values():
            for record in records:
                for fact in facts.decode_envelope(record.value):
                    if isinstance(fact, facts.Candidate):
                        yield fact
    reader.close()


if __name__ == "__main__":
    main()
