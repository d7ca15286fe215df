"""PostgreSQL as a foreground process: whole or not at all, and back after any kill."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg

from embedded.postgres.cluster import Cluster
from embedded.probes import postgres_answers
from tests.engines import running_postgres, wait_until


def connect(cluster: Cluster) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(cluster.url().replace("+psycopg", "", 1))


def server_pid(cluster: Cluster) -> int:
    return int((cluster.files / "postmaster.pid").read_text().split()[0])


def test_what_was_committed_survives_kill_9(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as cluster:
        with connect(cluster) as first:
            first.execute("CREATE TABLE kept (number int)")
            first.execute("INSERT INTO kept VALUES (42)")
        os.kill(server_pid(cluster), signal.SIGKILL)
    with running_postgres(tmp_path) as cluster, connect(cluster) as second:
        assert second.execute("SELECT number FROM kept").fetchone() == (42,)


def test_a_pid_file_that_names_something_else_is_no_obstacle(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as cluster:
        note = cluster.files / "postmaster.pid"
        lines = note.read_text().split("\n")
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with running_postgres(tmp_path) as cluster:
        assert postgres_answers(cluster.url())


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as cluster:
        command = [sys.executable, "-m", "embedded.postgres", "--data", str(tmp_path)]
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 1
        assert f"pid {server_pid(cluster)}" in second.stderr
        assert postgres_answers(cluster.url())


def test_a_cluster_half_made_when_killed_is_made_anew(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "embedded.postgres", "--data", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: any(tmp_path.glob("unfinished-*")))
        process.kill()
    with running_postgres(tmp_path) as cluster:
        assert postgres_answers(cluster.url())
        assert not list(tmp_path.glob("unfinished-*"))


def test_sigint_ends_it_cleanly_although_a_client_stays(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as cluster, closing(connect(cluster)) as client:
        client.execute("SELECT 1")
        os.kill(server_pid(cluster), signal.SIGINT)
        wait_until(lambda: not (cluster.files / "postmaster.pid").exists())
    assert "database system is shut down" in (tmp_path / "postgres.log").read_text()


def test_it_runs_below_a_directory_closed_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with running_postgres(closed) as cluster:
        assert postgres_answers(cluster.url())


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["deep"] * 40)
    deep.mkdir(parents=True)
    with running_postgres(deep) as cluster:
        assert cluster.sockets.parent == Path("/tmp")
        assert postgres_answers(cluster.url())
    cluster.sockets.rmdir()
