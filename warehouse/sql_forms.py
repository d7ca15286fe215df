"""The forms in which `sql` prints an answer: a table for people, JSON or CSV for programs."""

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final, Literal, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

Form = Literal["table", "json", "csv"]
Row = Sequence[Any]

TABLE_ROWS: Final = 1_000
"""A table is laid out in memory and read by eye; longer answers are for the other forms."""

# Piped away, nothing may be broken to fit a width that nobody has.
_UNBROKEN: Final = 100_000


def write(names: Sequence[str], rows: Iterator[Row], form: Form, out: TextIO) -> None:
    """Writes an answer. JSON: an object a line. CSV: with a line of names. NULL in both: nothing
    but `null` or an empty cell."""
    if form == "json":
        for row in rows:
            out.write(_json(dict(zip(names, row, strict=True))) + "\n")
    elif form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_cell(value) for value in row] for row in rows)
    elif names:
        _write_table(names, list(islice(rows, TABLE_ROWS + 1)), out)


def _write_table(names: Sequence[str], rows: list[Row], out: TextIO) -> None:
    shown = rows[:TABLE_ROWS]
    table = Table()
    for position, name in enumerate(names):
        right = bool(shown) and isinstance(shown[0][position], int | float)
        table.add_column(Text(name), justify="right" if right else "left")
    for row in shown:
        table.add_row(*(Text(_cell(value)) for value in row))
    Console(file=out, width=None if out.isatty() else _UNBROKEN).print(table)
    out.write(_count(len(rows)) + "\n")


def _count(rows: int) -> str:
    if rows > TABLE_ROWS:
        return f"the first {TABLE_ROWS} rows; --csv and --json print all"
    return "1 row" if rows == 1 else f"{rows} rows"


def _cell(value: object) -> str:
    if value is None:
        return ""
    return _json(value) if isinstance(value, dict | list | tuple) else _text(value)


def _json(value: object) -> str:
    return json.dumps(value, default=_text, ensure_ascii=False)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
