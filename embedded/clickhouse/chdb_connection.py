"""The engine, typed: the one module that imports chdb, so that its quirks stay here."""

import importlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from embedded.clickhouse.failures import of_engine

Parameters = Mapping[str, str]
NOT_A_STREAM = "Streaming query is not supported"


@cache
def library() -> Any:
    """chdb, loaded on first use: loading it starts an engine, in the time zone of the process.

    That must be UTC wherever the machine stands: a DateTime without a zone means the server's.
    """
    os.putenv("TZ", "UTC")
    time.tzset()
    return importlib.import_module("chdb")


def engine_version() -> str:
    return str(library().engine_version)


@dataclass(frozen=True, slots=True)
class Answer:
    raw: bytes
    rows: int
    read_rows: int
    """Read from tables to make this answer."""
    read_bytes: int
    written_rows: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the engine's parser makes of a text, without running it."""

    statements: int
    """0 for what does not parse."""
    reads: bool
    controls: bool
    """Changes the connection: SET, USE and the like, and also a SELECT into a file."""


class Connection:
    """One engine connection: settings, role and current database live as long as it does.

    Not for two threads at once, and a stream must be read to its end, or closed, before the next
    query. Everything here raises Failure.
    """

    def __init__(self, address: str) -> None:
        try:
            self._connection: Any = library().connect(address)
        except RuntimeError as error:
            raise of_engine(str(error)) from error

    def close(self) -> None:
        self._connection.close()

    def read(self, sql: str) -> Reading:
        report = self._connection._conn.classify_query(
            sql
        )  # private: chdb-core's version is pinned
        return Reading(
            statements=report["statement_count"],
            reads=report["query_class"].name == "READ_ONLY",
            controls=report["query_class"].name == "CONTROL",
        )

    def query(
        self, sql: str, answer_format: str = "Native", parameters: Parameters | None = None
    ) -> Answer:
        """Runs any statement and holds its whole answer."""
        try:
            # Not chdb's own query(): it would make some formats into Python objects.
            result = self._connection._conn.query(sql, answer_format, params=dict(parameters or {}))
        except RuntimeError as error:
            raise of_engine(str(error)) from error
        return _answer(result)

    def stream(self, sql: str, parameters: Parameters | None = None) -> Iterator[Answer]:
        """A SELECT's answer block by block (Native); any other statement's at once."""
        try:
            results = self._connection.send_query(sql, "Native", params=dict(parameters or {}))
        except RuntimeError as error:
            if NOT_A_STREAM not in str(error):
                raise of_engine(str(error)) from error
            yield self.query(sql, parameters=parameters)
            return
        try:
            while (result := results.fetch()) is not None:
                yield _answer(result)
        except RuntimeError as error:
            raise of_engine(str(error)) from error
        finally:
            results.close()


def _answer(result: Any) -> Answer:
    return Answer(
        raw=result.bytes(),
        rows=result.rows_read(),
        read_rows=result.storage_rows_read(),
        read_bytes=result.storage_bytes_read(),
        written_rows=result.rows_written(),
    )
