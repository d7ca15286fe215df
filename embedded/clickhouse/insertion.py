"""The head of an INSERT whose rows come from the client: which table, columns and format."""

import re
from dataclasses import dataclass

QUOTED = r"`(?:[^`\\]|\\.)+`|\"(?:[^\"\\]|\\.)+\""
NAME = rf"(?:{QUOTED}|\w+)"
SETTING = r"\w+\s*=\s*(?:'(?:[^'\\]|\\.)*'|[-+\w.]+)"
HEAD = re.compile(
    rf"""
    (?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*+
    INSERT\s+INTO\s+(?:TABLE\s+)?(?P<table>{NAME}(?:\s*\.\s*{NAME})?)\s*
    (?P<columns>\((?:[^()`"']|{QUOTED}|\([^()]*\))*\))?\s*
    (?P<settings>SETTINGS\s+{SETTING}(?:\s*,\s*{SETTING})*)?\s*
    \b(?:VALUES\b|FORMAT\s+(?P<format>\w+))
    [ \t]*(?:;[ \t]*)?(?:\r?\n)?
    """.encode(),
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Insertion:
    table: str
    columns: str
    """With its brackets, or empty: all columns."""
    settings: str
    format: str
    """The format of rows that stand in the statement; native blocks are always Native."""
    head_bytes: int

    def statement(self, path: str, row_format: str) -> str:
        """Not inline rows: the engine takes what follows an empty line for a new statement."""
        return (
            f"INSERT INTO {self.table} {self.columns} FROM INFILE '{path}' "
            f"{self.settings} FORMAT {row_format}"
        )


def insertion_of(statement: bytes) -> Insertion | None:
    """None for anything but an INSERT with rows; INSERT ... SELECT is an ordinary query."""
    found = HEAD.match(statement)
    if not found:
        return None
    parts = {name: (value or b"").decode() for name, value in found.groupdict().items()}
    return Insertion(
        table=parts["table"],
        columns=parts["columns"],
        settings=parts["settings"],
        format=parts["format"] or "Values",
        head_bytes=found.end(),
    )
