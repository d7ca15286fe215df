"""A log replayed through the collector arrives once, in order, with its clients judged."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from ingest.events import Event
from ingest.replay import Importer, ReplayError
from ingest.views import Views
from partnerships.catalog import ServerKey
from tests.ingest.builders import CONVERT_SECRET, GOOGLEBOT, IMPORT_SECRET, secret_digest
from tests.ingest.running import RunningCollector, events_by_id, publish, read_events

AGENTS = ("Mozilla/5.0 (X11; Linux x86_64) Firefox/127.0", GOOGLEBOT)


def write_log(path: Path, lines: int) -> list[bytes]:
    written = [
        b'198.51.100.%d - - [20/Nov/2026:10:%02d:%02d +0000] "GET /p/%d?ref=cleo HTTP/1.1" 200 1 '
        b'"-" "%b"' % (n % 40 + 1, n // 60 % 60, (n * 7) % 60, n, AGENTS[n % 10 == 0].encode())
        for n in range(lines)
    ]
    path.write_bytes(b"\n".join([*written, b"noise"]))
    return written


def replay(
    collector: RunningCollector, log: Path, secret: str = IMPORT_SECRET, *more: str
) -> subprocess.CompletedProcess[str]:
    secret_file = log.parent / "secret"
    secret_file.write_text(secret + "\n")
    command = [sys.executable, "-m", "ingest", "replay", str(log), "--url", collector.url]
    command += ["--site", "ck_store", "--host", "store.example", "--secret-file", str(secret_file)]
    return subprocess.run([*command, *more], capture_output=True, text=True, check=False)


def test_a_log_arrives_in_order_and_a_second_time_adds_no_id(
    collector: RunningCollector, broker: str, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    views = Views("ck_store", "store.example")
    views.read(write_log(log, 1200))
    wanted = [item["id"] for item in views.items()]
    first = replay(collector, log)
    assert first.returncode == 0, first.stderr
    assert "1,200 page views accepted" in first.stdout
    assert "noise" in first.stdout
    second = replay(collector, log, IMPORT_SECRET, "--json")
    assert json.loads(second.stdout) | {"unreadable_examples": []} == {
        "lines": 1201,
        "accepted": 1200,
        "refused": {},
        "skipped": {},
        "unreadable": 1,
        "unreadable_examples": [],
    }
    found = events_by_id(broker)
    assert set(wanted) <= found.keys()
    assert {found[event_id].verdict for event_id in wanted} == {"browser", "bot"}
    assert all(found[event_id].imported for event_id in wanted)
    _check_order(broker, wanted)


def _check_order(broker: str, wanted: list[str]) -> None:
    places = {event_id: place for place, event_id in enumerate(wanted)}
    for partition in range(8):
        arrived = [
            places[one.line.id]
            for one in read_events(broker)
            if isinstance(one.line, Event) and one.partition == partition and one.line.id in places
        ]
        once = list(dict.fromkeys(arrived))
        assert once == sorted(once)
        assert arrived == once * 2


def test_a_key_that_may_not_import_is_told(collector: RunningCollector) -> None:
    importer = Importer(collector.url, CONVERT_SECRET, key_known_seconds=0)
    with closing(importer), pytest.raises(ReplayError, match="scope import"):
        importer.send([{"id": "0" * 32}], lambda _: None)


def test_a_key_that_is_announced_meanwhile_is_waited_for(
    collector: RunningCollector, broker: str
) -> None:
    key = ServerKey(
        id="late", account_id="store", secret_sha256=secret_digest("late"), scopes=("import",)
    )
    Timer(0.5, publish, (broker, [key])).start()
    with closing(Importer(collector.url, "late")) as importer:
        sent = importer.send([{"id": "0" * 32}], lambda _: None)
    assert sent.refused == {"malformed": 1}


def test_many_and_large_items_go_in_bodies_that_are_taken(collector: RunningCollector) -> None:
    progress: list[int] = []
    items = [{"id": "0" * 32, "url": "x" * 8000} for _ in range(700)]
    with closing(Importer(collector.url, IMPORT_SECRET)) as importer:
        sent = importer.send(items, progress.append)
    assert (sum(progress), len(progress), sent.refused) == (700, 7, {"malformed": 700})


def test_a_log_too_far_back_fails_with_its_reason(
    collector: RunningCollector, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    write_log(log, 3)
    old = replay(collector, log, IMPORT_SECRET, "--shift-days", "-500")
    assert old.returncode == 1
    assert "3 refused: too_old" in old.stdout
