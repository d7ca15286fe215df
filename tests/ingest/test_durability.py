"""What was answered 2xx is in Kafka, and a tick never claims more than that."""

import json
import secrets
import signal
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event as Flag

import httpx

from ingest.events import Event, Tick
from partnerships.keys import Keys
from tests.engines import free_ports
from tests.ingest.builders import BROWSER, records
from tests.ingest.running import (
    RunningCollector,
    Written,
    events_by_id,
    keys_file,
    publish,
    read_events,
    running_collector,
    wait_for,
)

CONNECTIONS = 16
ENOUGH = 300


def send_until_it_dies(url: str, acknowledged: list[str], dead: Flag) -> None:
    numbers = count()
    with httpx.Client(base_url=url, headers={"user-agent": BROWSER}) as http:
        while not dead.is_set():
            batch = [
                {
                    "id": secrets.token_hex(16),
                    "site": "ck_store",
                    "type": "page",
                    "url": "https://store.example/",
                    "visitor": f"v{secrets.randbelow(500)}",
                }
                for _ in range(1 + next(numbers) % 3)
            ]
            try:
                answer = http.post(
                    "/v1/events",
                    content=json.dumps(batch),
                    headers={"content-type": "application/json"},
                )
            except httpx.TransportError:
                return
            if answer.status_code == 202:
                acknowledged.extend(event["id"] for event in batch)


def test_kill_9_loses_no_acknowledged_event(
    broker: str, installation_keys: Keys, tmp_path: Path
) -> None:
    publish(broker, records(installation_keys))
    acknowledged: list[str] = []
    with running_collector(broker, tmp_path) as collector:
        dead = Flag()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for _ in range(CONNECTIONS):
                pool.submit(send_until_it_dies, collector.url, acknowledged, dead)
            wait_for(lambda: len(acknowledged) >= ENOUGH)
            collector.stop(signal.SIGKILL)
            dead.set()
        assert set(acknowledged) <= events_by_id(broker).keys()


def test_sigterm_answers_what_it_accepted_and_ends_cleanly(
    broker: str, installation_keys: Keys, tmp_path: Path
) -> None:
    publish(broker, records(installation_keys))
    acknowledged: list[str] = []
    with running_collector(broker, tmp_path) as collector:
        dead = Flag()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for _ in range(CONNECTIONS):
                pool.submit(send_until_it_dies, collector.url, acknowledged, dead)
            wait_for(lambda: len(acknowledged) >= ENOUGH)
            assert collector.stop(signal.SIGTERM) == 0, collector.log()
            dead.set()
        assert set(acknowledged) <= events_by_id(broker).keys()
        assert "event=stopped" in collector.log()


def test_no_event_stands_behind_a_tick_that_claims_it(
    collector: RunningCollector, broker: str
) -> None:
    acknowledged: list[str] = []
    done = Flag()
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(send_until_it_dies, collector.url, acknowledged, done)
        begun = sum(isinstance(one.line, Tick) for one in read_events(broker))
        wait_for(
            lambda: sum(isinstance(one.line, Tick) for one in read_events(broker)) >= begun + 24
        )
        done.set()
    partitions = defaultdict(list)
    for written in read_events(broker):
        partitions[written.partition].append(written)
    assert len(partitions) == 8
    for lines in partitions.values():
        _check_marks(lines)


def _check_marks(lines: list[Written]) -> None:
    low: dict[str, int] = defaultdict(int)
    latest: dict[str, int] = defaultdict(int)
    for written in lines:
        line = written.line
        if isinstance(line, Tick):
            assert low[line.collector] <= line.low_ms <= line.at_ms
            low[line.collector] = line.low_ms
        else:
            assert isinstance(line, Event)
            assert line.received_at >= low[line.collector], "received before a mark that passed it"
            assert line.received_at >= latest[line.collector], "receipts never decrease"
            latest[line.collector] = line.received_at


def test_a_restarted_collector_is_the_same_one_and_its_time_goes_on(
    broker: str, installation_keys: Keys, tmp_path: Path
) -> None:
    publish(broker, records(installation_keys))
    with running_collector(broker, tmp_path) as collector:
        identity = tmp_path / "state" / "collector" / "id"
        before = identity.read_text()
        collector.stop(signal.SIGKILL)
        collector.start()
        wait_for(collector.answers, collector.log)
        assert identity.read_text() == before
    ticks = [
        one
        for one in read_events(broker)
        if isinstance(one.line, Tick) and one.line.collector == before
    ]
    assert len({tick.line.collector for tick in ticks}) == 1
    for partition in range(8):
        _check_marks([tick for tick in ticks if tick.partition == partition])


def test_while_kafka_is_away_nothing_is_promised(tmp_path: Path) -> None:
    (nobody,) = free_ports(1)
    collector = RunningCollector(f"127.0.0.1:{nobody}", tmp_path)
    collector.start()
    try:
        wait_for(lambda: collector.answers("/health/live"), collector.log)
        ready = httpx.get(collector.url + "/health/ready")
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        for path in ("/v1/events", "/v1/conversions"):
            answer = httpx.post(collector.url + path, content="{}")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert httpx.get(collector.url + "/l/anna0001").status_code == 503
        assert httpx.get(collector.url + "/t.js").status_code == 200
    finally:
        assert collector.stop() == 0, collector.log()


def test_a_second_collector_in_the_same_folder_says_so(
    collector: RunningCollector, broker: str
) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "ingest", "serve"],
        env={
            "COUNTERFOIL_KAFKA": broker,
            "COUNTERFOIL_KEYS": str(keys_file(collector.folder)),
            "COUNTERFOIL_STATE": str(collector.folder / "state"),
            "COUNTERFOIL_LISTEN": f"127.0.0.1:{free_ports(1)[0]}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "Another collector runs with" in second.stderr
