"""What is wrong with a partnerships file: where it is, and what it should be."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `index` counts a table's entries from 1; 0 and "" where there is none."""

    table: str
    index: int
    id: str
    field: str
    message: str

    def __str__(self) -> str:
        entry = f"[{self.index}]" if self.index else ""
        named = f" ({self.id})" if self.id else ""
        field = f" {self.field}" if self.field else ""
        return f"{self.table}{entry}{named}{field}: {self.message}"


class DeclarationError(Exception):
    """A file that can't be applied; nothing of it was. It carries all of its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
