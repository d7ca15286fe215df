"""`logs`: what the services wrote, and what they go on to write."""

import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import click

from embedded.cli.options import existing_stack, of_stack
from embedded.errors import StackError

LINES = 100
POLL_SECONDS = 0.3


@click.command()
@click.argument("service", required=False)
@of_stack
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C.")
@click.option("-n", "--lines", type=click.IntRange(0), default=LINES, show_default=True)
def logs(
    service: str | None, data: Path, port_base: int | None, lines: int, *, follow: bool
) -> None:
    """Show the last lines of a SERVICE's log, or of all of them."""
    directory = existing_stack(data, port_base).logs
    names = sorted(file.stem for file in directory.glob("*.log"))
    if service is not None and service not in names:
        raise StackError(f"no log of {service!r}; there are: {', '.join(names) or 'none yet'}")
    chosen = names if service is None else [service]
    widest = 0 if service is not None else max(map(len, names), default=0)
    sources = {name: _Log(directory / f"{name}.log") for name in chosen}
    for name, log in sources.items():
        _print(name, log.last(lines), widest)
    while follow:
        time.sleep(POLL_SECONDS)
        for name, log in sources.items():
            _print(name, log.further(), widest)


def _print(name: str, lines: Iterator[str], widest: int) -> None:
    prefix = f"{name:<{widest}} | " if widest else ""
    for line in lines:
        click.echo(f"{prefix}{line.rstrip()}")


class _Log:
    """One log file, read on where it was left, also when it is begun anew."""

    def __init__(self, path: Path) -> None:
        self._file = path.open(errors="replace")
        self._path = path

    def last(self, lines: int) -> Iterator[str]:
        yield from deque(self._file, maxlen=lines)

    def further(self) -> Iterator[str]:
        yield from self._file
        if self._path.exists() and self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino:
            self._file.close()
            self._file = self._path.open(errors="replace")
            yield from self._file
