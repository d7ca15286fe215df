"""`up`, `down`, `status`: the stack as a whole."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from embedded.cli.options import as_json, existing_stack, of_stack
from embedded.data_directory import find_stack, make_stack
from embedded.errors import StackError
from embedded.lifecycle import start, states, stop, unready
from embedded.progress import Lines, Silence, Steps
from embedded.stack import Listener, Stack
from embedded.supervision import State, Supervisor

PAGES: tuple[tuple[str, Listener], ...] = (
    ("Dashboards", "dashboards"),
    ("Collector", "collector"),
    ("Demo shop", "shop"),
    ("Practice Stripe", "stripe"),
    ("Caught mail", "mail"),
)


@click.command()
@of_stack
@as_json
def up(data: Path, port_base: int | None, *, as_json: bool) -> None:
    """Start the whole stack, and return when every service answers.

    The first time this fetches what is missing. Repeating it does no harm.
    """
    found = find_stack(data)
    if found is not None and port_base not in (None, found.port_base) and Supervisor.of(found):
        raise StackError(
            f"the stack in {data} is up with the ports from {found.port_base}:"
            " ./counterfoil down first"
        )
    stack = make_stack(data, port_base)
    fresh = start(stack, _steps(quiet=as_json))
    if as_json:
        click.echo(json.dumps({"started": fresh, "urls": urls(stack)}))
        return
    click.echo("The stack is up." if fresh else "The stack is already up.")
    for name, listener in PAGES:
        click.echo(f"  {name:<16} {stack.url(listener)}")


@click.command()
@of_stack
@as_json
def down(data: Path, port_base: int | None, *, as_json: bool) -> None:
    """Stop the whole stack. Its data stays; no process does."""
    stopped = stop(existing_stack(data, port_base), _steps(quiet=as_json))
    if as_json:
        click.echo(json.dumps({"stopped": stopped}))
    else:
        click.echo("The stack is down." if stopped else "The stack was not up.")


@click.command()
@of_stack
@as_json
@click.pass_context
def status(context: click.Context, data: Path, port_base: int | None, *, as_json: bool) -> None:
    """Show each service: its state, pid and start. Exit code 0 when all of them answer."""
    stack = existing_stack(data, port_base)
    found = states(stack)
    waiting = unready(stack, found)
    if as_json:
        click.echo(json.dumps(_report(stack, found, waiting)))
    elif found:
        Console().print(_table(found, waiting))
    else:
        click.echo("The stack is not up: ./counterfoil up starts it.")
    context.exit(0 if found and not waiting else 1)


def urls(stack: Stack) -> dict[str, str]:
    """The addresses a person may open."""
    return {listener: stack.url(listener) for _, listener in PAGES}


def _steps(*, quiet: bool) -> Steps:
    return Silence() if quiet else Lines(Console(stderr=True))


def _report(stack: Stack, found: list[State], waiting: list[str]) -> dict[str, object]:
    services = [
        {
            "name": state.service,
            "state": state.state.lower(),
            "ready": state.service not in waiting,
            "pid": state.pid or None,
            "since": _since(state),
        }
        for state in found
    ]
    return {
        "up": bool(found),
        "data": str(stack.data),
        "port_base": stack.port_base,
        "services": services,
        "urls": urls(stack),
    }


def _table(found: list[State], waiting: list[str]) -> Table:
    table = Table("service", "state", "pid", "since", box=None, pad_edge=False)
    for state in found:
        word = state.state.lower()
        if state.running:
            word = "[yellow]not ready[/]" if state.service in waiting else "[green]ready[/]"
        table.add_row(state.service, word, str(state.pid or ""), _since(state) or "")
    return table


def _since(state: State) -> str | None:
    if not state.running:
        return None
    return datetime.fromtimestamp(state.since_s, UTC).isoformat(sep=" ").removesuffix("+00:00")
