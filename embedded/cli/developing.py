"""`check`, `test`, `bench`: what somebody who changes the code runs."""

import os
import subprocess
import sys
import time
from pathlib import Path

import click
from rich.console import Console

from embedded.progress import Lines
from embedded.settings import own_environment
from embedded.setup import set_up
from embedded.stack import CHECKOUT

PROGRAMS = Path(sys.executable).parent
CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
}


@click.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Check format, lint, types and import rules; print what failed."""
    began = time.monotonic()
    running = {
        name: subprocess.Popen(
            [str(PROGRAMS / command[0]), *command[1:]],
            cwd=CHECKOUT,
            env=own_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, command in CHECKS.items()
    }
    failed = []
    for name, process in running.items():
        words, _ = process.communicate()
        if process.returncode != 0:
            failed.append(name)
            click.echo(f"--- {name} ({' '.join(CHECKS[name])})\n{words}")
    seconds = time.monotonic() - began
    click.echo(f"failed: {', '.join(failed)}" if failed else f"all good ({seconds:.1f} s)")
    context.exit(1 if failed else 0)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--all", "everything", is_flag=True, help="Also those marked exhaustive.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...], *, everything: bool) -> None:
    """Run the tests on real parts. ARGUMENTS are pytest's: a file, -k WORD, -x, …"""
    set_up(Lines(Console(stderr=True)))
    chosen = [] if everything else ["-m", "not exhaustive"]
    os.chdir(CHECKOUT)
    command = [sys.executable, "-m", "pytest", *chosen, *arguments]
    os.execve(sys.executable, command, own_environment())


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str | None, arguments: tuple[str, ...]) -> None:
    """Run one benchmark; without NAME, list them."""
    folder = CHECKOUT / "benchmarks"
    names = sorted(file.stem for file in folder.glob("[!_]*.py"))
    if name is None:
        click.echo("\n".join(names) or "There are no benchmarks yet.")
        return
    if name not in names:
        raise click.UsageError(f"no benchmark {name!r}; there are: {', '.join(names) or 'none'}")
    set_up(Lines(Console(stderr=True)))
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    os.execve(sys.executable, command, own_environment())
