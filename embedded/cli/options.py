"""Options that every command shares, and how a failure is told."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from embedded.data_directory import find_stack
from embedded.errors import StackError
from embedded.stack import DEFAULT_DATA, DEFAULT_PORT_BASE, Stack
from embedded.supervision import Supervisor

Command = TypeVar("Command", bound=Callable[..., Any])

_data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=DEFAULT_DATA,
    metavar="DIR",
    help="Where the stack keeps its data (the checkout's var/ when left out).",
)
_port_base = click.option(
    "--port-base",
    type=int,
    metavar="N",
    help=f"First of the stack's ten ports ({DEFAULT_PORT_BASE} for a new stack; remembered then).",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


def of_stack(command: Command) -> Command:
    """Adds --data and --port-base."""
    return _data(_port_base(command))


class Group(click.Group):
    """Tells what a person can act on in words, with exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except StackError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise click.ClickException(
                f"the disk is full ({error.filename or 'while writing'}): make room and repeat,"
                " or use another --data directory"
            ) from error


def existing_stack(data: Path, port_base: int | None) -> Stack:
    """The stack of these options, which must have been started once."""
    stack = find_stack(data)
    if stack is None:
        raise StackError(f"there is no stack in {data}: ./counterfoil up makes one")
    if port_base not in (None, stack.port_base):
        raise click.UsageError(
            f"the stack in {data} has the ports from {stack.port_base}; leave --port-base out,"
            " or stop it and give `up` the new ports"
        )
    return stack


def running_stack(data: Path, port_base: int | None) -> Stack:
    """The stack of these options, which must be up."""
    stack = existing_stack(data, port_base)
    if Supervisor.of(stack) is None:
        where = "" if stack.data == DEFAULT_DATA else f" --data {data}"
        raise StackError(f"the stack is not up: run ./counterfoil up{where} first")
    return stack
