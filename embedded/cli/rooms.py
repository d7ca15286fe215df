"""`apply`, `settle`, `explain`, `sql`: commands of the rooms, run inside a stack's environment."""

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from embedded.cli.options import of_stack, running_stack
from embedded.lifecycle import environment

PASSING_ON: dict[str, Any] = {"ignore_unknown_options": True}
rest = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)


@click.command(context_settings=PASSING_ON)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_stack
@rest
def apply(file: Path, data: Path, port_base: int | None, arguments: tuple[str, ...]) -> None:
    """Make the partnerships what FILE (TOML) says they are, and report what changed.

    Applying the same file again changes nothing.
    """
    _become(data, port_base, "partnerships", "apply", str(file), *arguments)


@click.command(context_settings=PASSING_ON)
@click.argument("what", type=click.Choice(["plan", "apply"]))
@of_stack
@rest
def settle(what: str, data: Path, port_base: int | None, arguments: tuple[str, ...]) -> None:
    """Close days and move money: `plan` shows what would happen, `apply` does what was planned.

    \b
    ./counterfoil settle plan --day 2026-03-01
    ./counterfoil settle apply --day 2026-03-01
    """
    _become(data, port_base, "settlement", what, *arguments)


@click.command(context_settings=PASSING_ON)
@click.argument("id")
@of_stack
@rest
def explain(id: str, data: Path, port_base: int | None, arguments: tuple[str, ...]) -> None:
    """Follow an ID of a charge, transfer, conversion or event to everything behind it."""
    _become(data, port_base, "settlement", "explain", id, *arguments)


@click.command(context_settings=PASSING_ON)
@click.argument("query", required=False)
@of_stack
@rest
def sql(query: str | None, data: Path, port_base: int | None, arguments: tuple[str, ...]) -> None:
    """Ask ClickHouse: one QUERY, or a shell when it is left out. The analyst can only read."""
    _become(data, port_base, "warehouse", "sql", *([] if query is None else [query]), *arguments)


def _become(data: Path, port_base: int | None, room: str, *arguments: str) -> NoReturn:
    told = environment(running_stack(data, port_base))
    os.execve(sys.executable, [sys.executable, "-m", room, *arguments], told)
