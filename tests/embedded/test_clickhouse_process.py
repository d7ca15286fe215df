"""The server as a process: what it keeps through kill -9, how it stops, why it does not start."""

import json
import os
import signal
import socket
import subprocess
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver.errors import Error as DriverError

from tests.embedded.clickhouse_process import PATIENCE_SECONDS, ClickHouseProcess, running, wait_for

SLOW = "SELECT sum(sleepEachRow(0.01)) FROM numbers({rows}) SETTINGS max_block_size = 1"
BATCH_ROWS = 200
KILLS = 3


def test_kill_9_loses_no_acknowledged_batch(tmp_path: Path) -> None:
    acknowledged: set[tuple[int, int]] = set()
    with running(tmp_path) as server:
        with server.client() as client:
            client.execute(
                "CREATE TABLE batches (life UInt8, writer UInt8, batch UInt32, n UInt32)"
                " ENGINE = MergeTree ORDER BY (life, batch)"
            )
        for life in range(KILLS):
            killed = threading.Event()
            writers = [
                threading.Thread(
                    target=keep_writing, args=(server, life, writer, killed, acknowledged)
                )
                for writer in range(3)
            ]
            for thread in writers:
                thread.start()
            wait_for(partial(has_at_least, acknowledged, (life + 1) * 30))
            server.kill()
            killed.set()
            for thread in writers:
                thread.join()
            server.start()
        with server.client() as client:
            counts = client.execute(
                "SELECT life * 10 + writer AS who, batch, count() FROM batches GROUP BY who, batch"
            )
    whole = {(who, batch) for who, batch, count in counts if count == BATCH_ROWS}
    assert acknowledged <= whole, "a batch that was acknowledged is missing or torn"
    assert len(counts) == len(whole), "a batch that was not acknowledged is torn"


def has_at_least(found: set[tuple[int, int]], count: int) -> bool:
    return len(found) >= count


def keep_writing(
    server: ClickHouseProcess,
    life: int,
    writer: int,
    killed: threading.Event,
    acknowledged: set[tuple[int, int]],
) -> None:
    client: Any = server.client()
    batch = 0
    while not killed.is_set():
        rows = [(life, writer, batch, n) for n in range(BATCH_ROWS)]
        try:
            client.execute("INSERT INTO batches VALUES", rows)
        except (DriverError, OSError, EOFError):
            return
        acknowledged.add((life * 10 + writer, batch))
        batch += 1


def test_what_was_stored_is_there_after_a_stop(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        with server.client() as client:
            client.execute("CREATE TABLE kept (n UInt8) ENGINE = MergeTree ORDER BY n")
            client.execute("INSERT INTO kept VALUES", [(1,)])
        assert server.stop() == 0
        server.start()
        with server.client() as client:
            assert client.execute("SELECT n FROM kept") == [(1,)]


def test_sigterm_lets_a_running_query_end(tmp_path: Path) -> None:
    with running(tmp_path, "--grace", "100") as server, server.client() as client:
        client.execute("SELECT 1")
        answer: list[Any] = []
        asking = threading.Thread(
            target=lambda: answer.append(client.execute(SLOW.format(rows=500)))
        )
        asking.start()
        wait_for(lambda: asked(server))
        assert server.stop() == 0
        asking.join()
    assert answer == [[(0,)]]


def test_sigterm_kills_what_outlives_its_limit(tmp_path: Path) -> None:
    """The query would run for ten minutes."""
    with running(tmp_path, "--grace", "1") as server, server.client() as client:
        client.execute("SELECT 1")
        failure: list[Exception] = []

        def ask() -> None:
            try:
                client.execute(SLOW.format(rows=60_000))
            except (DriverError, OSError, EOFError) as error:
                failure.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        wait_for(lambda: asked(server))
        assert server.stop() == 0
        asking.join()
    assert getattr(failure[0], "code", None) == 394


def asked(server: ClickHouseProcess) -> bool:
    with server.client() as client:
        sql = "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.01)%'"
        return int(client.execute(f"{sql} AND query NOT LIKE '%processes%'")[0][0]) > 0


def test_sigterm_ends_idle_connections_at_once(tmp_path: Path) -> None:
    with running(tmp_path, "--grace", "600") as server, server.client() as client:
        client.execute("SELECT 1")
        assert server.stop() == 0


def test_a_second_process_is_told_that_the_directory_is_open(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        words = fails_to_start(server.command)
        assert "is already open in another process" in words
        with server.client() as client:
            assert client.execute("SELECT 1") == [(1,)]


def test_times_without_a_zone_are_utc_on_any_machine(tmp_path: Path) -> None:
    server = ClickHouseProcess(tmp_path, environment=os.environ | {"TZ": "Asia/Tokyo"})
    server.start()
    try:
        with server.client() as client:
            asked = "SELECT timezone(), toString(toDateTime(0)), toDate(now()) = toDate(now('UTC'))"
            assert client.execute(asked) == [("UTC", "1970-01-01 00:00:00", 1)]
    finally:
        server.kill()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    server = ClickHouseProcess(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = fails_to_start([*server.command, "--port", str(port)])
    assert f"cannot listen at 127.0.0.1:{port}" in words


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        ('{"writer": ["secret", "writer"]}', 0o644, "chmod 600"),
        ('{"writer": ["secret", "owner"]}', 0o600, "owner"),
        ('{"writer": ["", "writer"]}', 0o600, "no password for writer"),
        ("writer:secret", 0o600, "it should read"),
    ],
)
def test_an_unusable_users_file_is_explained(
    tmp_path: Path, content: str, mode: int, words: str
) -> None:
    server = ClickHouseProcess(tmp_path)
    server.users.write_text(content)
    server.users.chmod(mode)
    assert words in fails_to_start(server.command)


def test_a_missing_users_file_is_explained(tmp_path: Path) -> None:
    server = ClickHouseProcess(tmp_path)
    server.users.unlink()
    assert "No such file" in fails_to_start(server.command)


def test_a_directory_of_a_newer_engine_is_left_alone(tmp_path: Path) -> None:
    server = ClickHouseProcess(tmp_path)
    server.data.mkdir()
    (server.data / "engine.version").write_text("99.1.1.1\n")
    assert "was written by ClickHouse 99.1.1.1" in fails_to_start(server.command)


def test_a_path_that_the_engine_would_misread_is_refused(tmp_path: Path) -> None:
    server = ClickHouseProcess(tmp_path)
    words = fails_to_start([*server.command, "--data", str(tmp_path / "a?b&c")])
    assert "the path may not contain & ?" in words


def test_a_path_with_spaces_and_umlauts_is_fine(tmp_path: Path) -> None:
    directory = tmp_path / "über alles mögliche"
    directory.mkdir()
    with running(directory) as server, server.client() as client:
        assert client.execute("SELECT 1") == [(1,)]


def test_passwords_stay_out_of_the_data_directory(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        secrets = [password for password, _role in json.loads(server.users.read_text()).values()]
        written = server.log.read_text() + (server.data / "engine.xml").read_text()
    assert not [secret for secret in secrets if secret in written]


def fails_to_start(command: list[str]) -> str:
    """What it says on standard error."""
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 1
    return done.stderr.decode()


def test_sigint_stops_like_sigterm(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.signal(signal.SIGINT)
        assert server.wait() == 0
