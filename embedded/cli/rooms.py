"""`apply`, `settle`, `explain`, `sql`: commands of the rooms, run inside a stack's environment.

Options that are not ours are handed on; the room's own words come back, and its exit code.
"""

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from embedded.cli.options import of_stack, running_stack
from embedded.lifecycle import environment
from embedded.stack import HOST, Stack

HANDING_ON: dict[str, Any] = {"ignore_unknown_options": True}
SETTLEMENT = ("plan", "apply", "transfers", "summary", "check")
rest = click.argument("options", nargs=-1, type=click.UNPROCESSED)


@click.command(context_settings=HANDING_ON)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_stack
@rest
def apply(file: Path, data: Path, port_base: int | None, options: tuple[str, ...]) -> None:
    """Make the partnerships what FILE (TOML) says they are, and report what changed.

    Applying the same file again changes nothing. {shop_url} and {shop_host} in it are those of
    the stack's demo shop.

    \b
    Further OPTIONS:
      --set NAME=VALUE  Replace {NAME} in the file.
      --json            Answer with one JSON object.
    """
    stack = running_stack(data, port_base)
    shop = [f"shop_url={stack.url('shop')}", f"shop_host={HOST}"]
    known = [part for pair in shop for part in ("--set", pair)]
    _become(stack, "partnerships", "apply", *known, str(file), *options)


@click.command(context_settings=HANDING_ON)
@click.argument("what", type=click.Choice(SETTLEMENT))
@of_stack
@rest
def settle(what: str, data: Path, port_base: int | None, options: tuple[str, ...]) -> None:
    """Close days and move money.

    \b
    plan       Show what would be closed and charged, and keep it under its hash.
    apply      Close and charge, or do what a kept plan says.
    transfers  Send the transfers that are due.
    summary    Show every agreement's month and the money.
    check      Recount every invariant of the books.

    \b
    Further OPTIONS of plan and apply:
      --day YYYY-MM-DD      Close this day.
      --through YYYY-MM-DD  Close all open days up to this one.
      --advertiser ID       Only this advertiser's days.
      --plan HASH           (apply) This plan and nothing else.
      --json                Answer with one JSON object.
    """
    _become(running_stack(data, port_base), "settlement", what, *options)


@click.command(context_settings=HANDING_ON)
@click.argument("id")
@of_stack
@rest
def explain(id: str, data: Path, port_base: int | None, options: tuple[str, ...]) -> None:
    """Walk from any ID (a conversion, order, line, charge, transfer) to its events and back.

    \b
    Further OPTIONS:
      --json  Answer with one JSON object.
    """
    _become(running_stack(data, port_base), "settlement", "explain", id, *options)


@click.command(context_settings=HANDING_ON)
@click.argument("query", required=False)
@of_stack
@rest
def sql(query: str | None, data: Path, port_base: int | None, options: tuple[str, ...]) -> None:
    """Ask ClickHouse as its analyst, who can only read: one QUERY, or a shell without one.

    \b
    Further OPTIONS:
      --json  One JSON object a line.
      --csv   CSV with a line of names.
    """
    asked = [] if query is None else [query]
    _become(running_stack(data, port_base), "warehouse", "sql", *asked, *options)


def _become(stack: Stack, room: str, *arguments: str) -> NoReturn:
    command = [sys.executable, "-m", room, *arguments]
    os.execve(sys.executable, command, environment(stack))
