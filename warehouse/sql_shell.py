"""`sql`: one query, or a small shell that reads queries until its end."""

from collections.abc import Callable
from typing import Final, TextIO

from warehouse.errors import Rejected, StoreError
from warehouse.sql_forms import Form, write
from warehouse.store import WITHHELD, Store

HELP: Final = """A query ends with ; at the end of a line. Try SHOW TABLES; or DESCRIBE conversions;
Ctrl-D or \\q leaves."""

_ACCESS_DENIED: Final = 497


def run(store: Store, query: str, form: Form, out: TextIO) -> None:
    """Prints the answer to one query. Raises StoreError."""
    rows = store.read(query.strip().rstrip(";"))
    write(next(rows), rows, form, out)


def shell(store: Store, form: Form, out: TextIO, ask: Callable[[str], str]) -> None:
    """Answers queries until `ask`, which prompts for a line, raises EOFError.

    An error is told and ends nothing; Ctrl-C gives up what was typed, or the running query.
    """
    out.write(HELP + "\n")
    lines: list[str] = []
    while True:
        try:
            line = ask("...> " if lines else "sql> ")
            if not lines and line.strip() in ("\\q", "exit", "quit"):
                return
            lines.append(line)
            if line.rstrip().endswith(";"):
                query, lines = "\n".join(lines), []
                run(store, query, form, out)
        except StoreError as error:
            out.write(explained(error) + "\n")
        except KeyboardInterrupt:
            out.write("\n")
            lines = []
        except EOFError:
            return


def explained(error: StoreError) -> str:
    """The error's words, and what to do about it where an analyst could not know."""
    if not isinstance(error, Rejected) or error.code != _ACCESS_DENIED:
        return str(error)
    return f"{error}\nAnalysts may not read {', '.join(WITHHELD)}: name the columns you need."


def edited_line(prompt: str) -> str:
    """A line typed at the terminal, with editing and the lines before it."""
    import readline  # noqa: F401 (its import is what gives `input` both)

    return input(prompt)
