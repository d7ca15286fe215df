"""The data directory of a stack: of this version, with room on its disk, used by one command."""

import fcntl
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.errors import StackError
from embedded.stack import DEFAULT_PORT_BASE, LISTENERS, Stack

VERSION = 1  # of everything below the directory together
FILE = "stack.toml"
FREE_BYTES = 200 * 1024 * 1024
LAST_PORT = 65535


def find_stack(data: Path) -> Stack | None:
    """The stack whose data this directory holds, with the ports it last had, if there is one.

    Raises StackError for a directory of another version.
    """
    data = data.expanduser().absolute()
    try:
        noted = tomllib.loads((data / FILE).read_text())
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, NotADirectoryError, UnicodeDecodeError) as error:
        raise StackError(f"{data / FILE} cannot be read: {error}") from error
    if noted.get("version") != VERSION:
        raise StackError(
            f"{data} was made by another version of Counterfoil (its data has version"
            f" {noted.get('version')}, this program reads {VERSION}).\n"
            "Use that version, or start afresh with another --data directory."
        )
    return Stack(data, int(noted["port_base"]))


def make_stack(data: Path, port_base: int | None) -> Stack:
    """The stack of this directory, made when it is new; `port_base` replaces the ports it had.

    Raises StackError when the directory cannot be used.
    """
    found = find_stack(data)
    if found is not None and port_base in (None, found.port_base):
        _check_disk(found.data)
        return found
    data = data.expanduser().absolute()
    base = DEFAULT_PORT_BASE if port_base is None else port_base
    if not 0 < base <= LAST_PORT + 1 - len(LISTENERS):
        raise StackError(f"--port-base {base}: the stack needs {len(LISTENERS)} ports from there")
    if found is None and data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise StackError(
            f"{data} holds something else than a stack's data: choose an empty or a new directory"
        )
    data.mkdir(parents=True, exist_ok=True)
    _check_disk(data)
    _note(data, base)
    return Stack(data, base)


@contextmanager
def alone(stack: Stack) -> Iterator[None]:
    """Only one command at a time starts or stops a stack. Raises StackError for the second."""
    with (stack.data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StackError(
                f"another command is starting or stopping the stack in {stack.data}: wait for it"
            ) from error
        yield


def _note(data: Path, port_base: int) -> None:
    text = f"# The data of a Counterfoil stack.\nversion = {VERSION}\nport_base = {port_base}\n"
    unfinished = data / f".{FILE}"
    unfinished.write_text(text)
    unfinished.rename(data / FILE)


def _check_disk(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < FREE_BYTES:
        raise StackError(
            f"the disk of {data} has only {free // 1024**2} MiB left;"
            f" the stack needs {FREE_BYTES // 1024**2}. Make room, or use another --data directory."
        )
