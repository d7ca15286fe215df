"""What a person sees while waiting: one line per step, with a bar where there is a count."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Count = Callable[[int, int], None]
"""Called with how much is done and how much there is."""


class Steps(Protocol):
    """Tells somebody which step is under way."""

    def step(self, what: str) -> AbstractContextManager[Count]: ...


class Silence:
    """Tells nobody."""

    @contextmanager
    def step(self, what: str) -> Iterator[Count]:
        yield lambda done, total: None


class Lines:
    """Tells a person: each step stays as a line with the time it took."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, what: str) -> Iterator[Count]:
        bar = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=self._console,
        )
        with bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
            bar.update(task, total=1, completed=1)
