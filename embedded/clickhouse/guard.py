"""What a statement may not do, whatever the engine's grants let through; decided on its text alone.

The engine knows a single user, takes the files of this machine for its own, and has ways around
its grants. So every statement is read in the engine's own formatting (no comments, no escapes that
hide a name), and names are looked for everywhere but in string literals: a function may also be
named without being called, as in `arrayMap(file, paths)`.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

OPEN_SYSTEM_TABLES = frozenset(
    {
        "columns",
        "data_type_families",
        "databases",
        "formats",
        "functions",
        "numbers",
        "one",
        "settings",
        "table_engines",
        "tables",
        "time_zones",
    }
)
"""What SHOW, DESCRIBE and client libraries read; none shows others' queries or this machine."""

OPEN_TABLE_FUNCTIONS = frozenset(
    {"format", "generate_series", "generateseries", "null", "numbers", "values", "view", "zeros"}
)
"""Lower case. Any other table function, also one of a later engine, is closed to analysts."""

TOKEN = re.compile(
    r"(?P<literal>'(?:[^'\\]|\\.)*')|`(?P<quoted>(?:[^`\\]|\\.)*)`|(?P<word>[A-Za-z_]\w*)|\S",
    re.ASCII | re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
MACHINE_NAMES = frozenset({"file", "python", "disk", "executable", "executablepool"})
"""Lower case. Functions and engines that grants do not close: they use files and programs of this
machine, and objects of this process."""

# A backslash may hide a name, an Identifier parameter may be one.
MAY_NAME_THE_MACHINE = re.compile(r"file|python|disk|executable|identifier|\\", re.IGNORECASE)
SETS = re.compile(r"SET \w+ = ")


@dataclass(frozen=True, slots=True)
class Confines:
    """Where an analyst must stay."""

    database: str
    closed_functions: frozenset[str]
    """Table functions, lower case."""
    withheld_columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Token:
    name: str
    """Empty for literals and signs."""
    sign: str = ""
    quoted: bool = False


NOTHING = Token("")


def needs_formatting(sql: str) -> bool:
    """Whether it could name the machine at all; most cannot, and formatting takes 1 ms."""
    return MAY_NAME_THE_MACHINE.search(sql) is not None


def objection_to_machine(formatted: str) -> str | None:
    """Nobody reaches the machine behind the server through it. Returns why not, or None."""
    tokens = list(_tokens(formatted))
    closed = next((token for token in tokens if token.name.lower() in MACHINE_NAMES), None)
    if closed:
        return f"The name {closed.name} is closed: it reaches into the server's machine."
    if any(token.name in ("OUTFILE", "INFILE") and not token.quoted for token in tokens):
        return "INFILE and OUTFILE would be files of the server's machine."
    pairs = itertools.pairwise(tokens)
    if any(first.sign == ":" and second.name == "Identifier" for first, second in pairs):
        return "An Identifier parameter could name anything: write the name itself."
    return None


def only_reads(formatted: str, database: str, *, reads: bool) -> bool:
    """Whether an analyst may run it: a statement that reads, or sets up the own session."""
    return reads or bool(SETS.match(formatted)) or formatted.strip() == f"USE {database}"


def objection_to_analyst(formatted: str, confines: Confines) -> str | None:
    """What a statement that only reads still may not name. Returns why, or None."""
    if formatted.startswith("SHOW PROCESSLIST"):
        return "The queries of others are not shown to an analyst."
    tokens = [*_tokens(formatted), NOTHING, NOTHING]
    windows = zip(tokens, tokens[1:], tokens[2:], strict=False)
    found = (_objection_to_name(*window, confines) for window in windows)
    return next((reason for reason in found if reason), None)


def _objection_to_name(token: Token, after: Token, second: Token, confines: Confines) -> str | None:
    name = token.name.lower()
    if after.sign == "(" and name in confines.closed_functions:
        return f"The function {token.name} is closed to analysts."
    if name == "system" and after.sign == "." and second.name.lower() not in OPEN_SYSTEM_TABLES:
        return f"system.{second.name} is closed to analysts."
    column, _, subcolumn = token.name.partition(".")
    if column in confines.withheld_columns and (subcolumn or after.sign == "."):
        return f"Parts of the column {column} are not granted to analysts."
    return None


def _tokens(formatted: str) -> Iterator[Token]:
    for found in TOKEN.finditer(formatted):
        if found["word"] is not None:
            yield Token(found["word"])
        elif found["quoted"] is not None:
            yield Token(ESCAPE.sub(r"\1", found["quoted"]), quoted=True)
        elif found["literal"] is None:
            yield Token("", sign=found[0])
        else:
            yield NOTHING
