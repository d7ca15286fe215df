"""`demo`: from nothing to charges, transfers and live pages."""

import json
import signal
import time
from contextlib import suppress
from pathlib import Path

import click
from rich.console import Console

from embedded.cli.options import as_json, of_stack
from embedded.data_directory import make_stack
from embedded.demo.access_log import traffic
from embedded.demo.report import report, show
from embedded.demo.story import tell
from embedded.lifecycle import start, stop
from embedded.progress import Lines

_TABLE_WIDTH = 110
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@of_stack
@click.option("--log", type=_FILE, help="Replay this combined log (plain or gz) instead.")
@click.option("--partnerships", type=_FILE, help="The partnerships of that log (TOML).")
@click.option("--site", help="Whose traffic it is, where the file has several sites.")
@click.option("--once", is_flag=True, help="Stop the stack at the end.")
@as_json
@click.pass_context
def demo(
    context: click.Context,
    data: Path,
    port_base: int | None,
    log: Path | None,
    partnerships: Path | None,
    site: str | None,
    *,
    once: bool,
    as_json: bool,
) -> None:
    """Show the whole product: a shop's traffic, conversions, a charge, transfers, live pages.

    Starts the stack, applies the partnerships, replays a log through the collector, closes its
    days and settles them with practice money. Repeated on the same data it adds nothing. The
    stack stays up until Ctrl-C; one that was up before stays up.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = Lines(Console(stderr=True))
    stack = make_stack(data, port_base)
    chosen = traffic(stack, log, partnerships, site, time.time_ns() // 1_000_000)
    ours = True
    try:
        ours = start(stack, progress)
        told = report(stack, chosen.partnerships, tell(stack, chosen, progress))
        console = Console(stderr=as_json)
        console.width = max(console.width, _TABLE_WIDTH)
        show(console, told, chosen.partnerships)
        if as_json:
            click.echo(json.dumps(told))
        if not once:
            _wait_for_a_signal()
    finally:
        if ours or once:
            stop(stack, progress)
    context.exit(0 if all(told["invariants"].values()) else 1)


def _wait_for_a_signal() -> None:
    click.echo("The stack stays up until Ctrl-C.", err=True)
    with suppress(KeyboardInterrupt):
        while True:
            signal.pause()
