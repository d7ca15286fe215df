"""The warehouse's door: answers named questions, takes rows, and says in words what went wrong.

Safe to call from many threads. Reads see what was inserted before them; a row inserted twice counts
once, because every table keeps one row per identity.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final

from warehouse.clickhouse_connections import Answer, Connections
from warehouse.errors import Rejected, SchemaError, StoreError, Unavailable, Unencodable
from warehouse.question import UnknownQuestion, question
from warehouse.tables import WITHHELD

__all__ = [
    "WITHHELD",
    "Answer",
    "Rejected",
    "Row",
    "SchemaError",
    "Store",
    "StoreError",
    "Unavailable",
    "Unencodable",
    "UnknownQuestion",
]

Row = dict[str, Any]

_CONNECTIONS: Final = 8
_TIMEOUT_SECONDS: Final = 30.0

_NAME = re.compile(r"\w+")


class Store:
    """ClickHouse behind one URL, `clickhouse://user:password@host:port/database`.

    connections: how many threads are served at once; more wait. timeout_seconds: the longest a
    question may run. Every call may raise Unavailable (no answer) or Rejected (an exception of
    ClickHouse); reads whose connection broke were asked twice before that.
    """

    def __init__(
        self,
        url: str,
        *,
        connections: int = _CONNECTIONS,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._connections = Connections(url, connections, timeout_seconds)
        # All rows of an identity lie in one partition, so partitions need no merging with others.
        self._settings: Mapping[str, object] = {
            "do_not_merge_across_partitions_select_final": 1,
            "max_execution_time": timeout_seconds,
        }

    def ask(self, name: str, /, **parameters: object) -> list[Row]:
        """The answer to `questions/NAME.sql`, a dict a row.

        Raises UnknownQuestion, and TypeError for a missing or unknown parameter.
        """
        answer = self.answer(name, **parameters)
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]

    def answer(self, name: str, /, **parameters: object) -> Answer:
        """Like `ask`, as columns' names, types and tuples: for frames and exports."""
        asked = question(name)
        return self._connections.read(asked.sql, asked.bind(parameters), self._settings)

    def stream(self, name: str, /, **parameters: object) -> Iterator[Row]:
        """Like `ask`, row by row in flat memory: for answers of any length.

        Holds a connection until it is read to its end or closed.
        """
        asked = question(name)
        rows = self._connections.stream(asked.sql, asked.bind(parameters), self._settings)
        names = next(rows)
        return (dict(zip(names, row, strict=True)) for row in rows)

    def insert(
        self, table: str, columns: Sequence[str], values: Sequence[Sequence[object]]
    ) -> None:
        """Writes rows given as columns (one sequence of values per name), in one block.

        DateTime64 may be given as epoch milliseconds, which is much faster. When it returns, the
        rows are stored and visible. After Unavailable they may or may not be: insert them again,
        a repeat of the same identity is one row. Unencodable: nothing was written.
        """
        assert all(_NAME.fullmatch(name) for name in (table, *columns)), (table, columns)
        listed = ", ".join(f"`{name}`" for name in columns)
        self._connections.insert(f"INSERT INTO {table} ({listed}) VALUES", values)

    def execute(self, statement: str, parameters: Mapping[str, object] | None = None) -> Answer:
        """Executes any one statement once. Without parameters it is sent as it stands."""
        return self._connections.command(statement, parameters)

    def read(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """Any one query as it stands: first the columns' names, then row after row."""
        return self._connections.stream(statement, None, {})

    def close(self) -> None:
        """Closes what is open; the store may be used again."""
        self._connections.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
