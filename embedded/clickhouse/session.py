"""One signed-in client: what it asks is checked, and answered in blocks or as a document."""

import os
import re
import socket
import uuid
from collections.abc import Generator, Iterable
from dataclasses import dataclass

from embedded.clickhouse.blocks import Header, blocks_of, empty_block, header_of, retyped
from embedded.clickhouse.chdb_connection import Answer, Parameters
from embedded.clickhouse.documents import columns_of, rows_of
from embedded.clickhouse.engine import Engine
from embedded.clickhouse.failures import Code, Failure, refusal
from embedded.clickhouse.guard import (
    needs_formatting,
    objection_to_analyst,
    objection_to_machine,
    only_reads,
)
from embedded.clickhouse.insertion import Insertion
from embedded.clickhouse.settings import QuerySettings
from embedded.clickhouse.users import Role

LARGEST_INSERT_BYTES = 1 << 29  # it is held in memory until it is complete
LONGEST_CHECKED_ROWS_BYTES = 1 << 18  # rows in a statement are parsed twice only up to this size

TOTALS = re.compile(r"\bWITH\s+TOTALS\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A Native block and what was read to make it."""

    raw: bytes
    rows: int = 0
    read_rows: int = 0
    read_bytes: int = 0


class Session:
    """Settings and the current database live as long as the session does."""

    def __init__(self, engine: Engine, client: socket.socket, role: Role, database: str) -> None:
        self.client = client
        self.role = role
        self.tag = uuid.uuid4().hex
        self.cancelled = False
        self._engine = engine
        self._connection = engine.connect(role, database or engine.database, self.tag)
        self.settings = QuerySettings(self._connection)

    def close(self) -> None:
        self._connection.close()

    def only_read(self) -> None:
        """For requests that must not change anything, whoever sends them."""
        self._connection.query("SET readonly = 2")

    def limit_answer(self, size_bytes: int) -> None:
        self._connection.query(f"SET max_result_bytes = {size_bytes}")

    def select(self, sql: str, parameters: Parameters | None = None) -> Generator[Piece]:
        """Native blocks, the first without rows: it names and types even an empty answer."""
        if TOTALS.search(sql):
            raise refusal(Code.NOT_IMPLEMENTED, "WITH TOTALS: native blocks would lose the totals.")
        reads = self._admit(sql)
        header = self._described(sql, parameters) if reads else ()
        if header:
            yield Piece(empty_block(header))
        zoned = any(kind.startswith("DateTime(") for _name, kind in header)
        for answer in self._connection.stream(sql, parameters):
            for block in blocks_of(answer.raw, answer.rows):
                if not header:
                    header = header_of(block.raw)
                    yield Piece(empty_block(header))
                raw = retyped(block.raw, header) if zoned else block.raw
                yield Piece(raw, block.rows, answer.read_rows, answer.read_bytes)
        if reads and not header:
            answer = self._connection.query(sql, "JSONCompact", parameters)
            yield Piece(empty_block(columns_of(answer)))

    def document(self, sql: str, answer_format: str, parameters: Parameters) -> Answer:
        """The whole answer: streamed, a JSON answer would be one document a block."""
        self._admit(sql)
        return self._connection.query(sql, answer_format, parameters)

    def insert(self, insertion: Insertion, chunks: Iterable[bytes], row_format: str) -> int:
        """Stores the rows once all chunks have come; returns how many were written.

        An exception out of `chunks` (a client that hangs up) leaves no row. By way of a file in
        memory, for the engine's own insert stream reports success for rows that a constraint, a
        limit or a view has refused.
        """
        with os.fdopen(os.memfd_create("insert"), "wb") as rows:
            size = 0
            for chunk in chunks:
                size += len(chunk)
                if size <= LARGEST_INSERT_BYTES:  # more is heard out, so that the client hears us
                    rows.write(chunk)
            if size > LARGEST_INSERT_BYTES:
                raise refusal(
                    Code.TOO_MANY_BYTES,
                    f"An INSERT of {size} bytes, over {LARGEST_INSERT_BYTES}: send smaller ones.",
                )
            rows.flush()
            statement = insertion.statement(f"/proc/self/fd/{rows.fileno()}", row_format)
            return self._connection.query(statement).written_rows

    def admit_insert(self, statement: str) -> None:
        """Raises Failure for a role that only reads, and for more than one statement."""
        if self.role == "analyst":
            raise refusal(Code.READONLY, "An analyst only reads.")
        short = len(statement) <= LONGEST_CHECKED_ROWS_BYTES
        if short and self._connection.read(statement).statements > 1:
            raise _several_statements()

    def insert_header(self, insertion: Insertion) -> Header:
        """Names and types that the client's blocks must have."""
        described = rows_of(
            self._connection.query(f"DESCRIBE TABLE {insertion.table}", "JSONCompact")
        )
        kinds = {name: kind for name, kind, *_ in described}
        listed = insertion.columns[1:-1]
        names = [part.strip().strip('`"') for part in listed.split(",") if part.strip()]
        if not names:
            return tuple((row[0], row[1]) for row in described if row[2] in ("", "DEFAULT"))
        if all(name in kinds for name in names):
            return tuple((name, kinds[name]) for name in names)
        return self._described(f"SELECT {listed} FROM {insertion.table}")

    def _admit(self, sql: str) -> bool:
        """Whether the statement reads. Raises Failure for what this role may not do."""
        reading = self._connection.read(sql)
        if reading.statements > 1:
            raise _several_statements()
        if reading.controls:
            self.settings.forget()
        if reading.statements and self.role == "writer" and not needs_formatting(sql):
            return reading.reads
        self._refuse_closed(self._formatted(sql), reads=reading.reads)
        return reading.reads

    def _refuse_closed(self, formatted: str, *, reads: bool) -> None:
        confines = self._engine.confines
        objection = objection_to_machine(formatted)
        if objection is None and self.role == "analyst":
            if not only_reads(formatted, confines.database, reads=reads):
                raise refusal(Code.READONLY, "An analyst only reads.")
            objection = objection_to_analyst(formatted, confines)
        if objection is not None:
            raise refusal(Code.ACCESS_DENIED, objection)

    def _formatted(self, sql: str) -> str:
        """The engine's own spelling of the statement; raises its syntax error."""
        escaped = sql.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
        answer = self._connection.query(
            "SELECT formatQuery({sql:String})", "TSVRaw", {"sql": escaped}
        )
        return answer.raw.decode(errors="replace")

    def _described(self, sql: str, parameters: Parameters | None = None) -> Header:
        """Empty for what cannot be described, such as SHOW; its first block tells."""
        inner = sql.strip().rstrip(";")
        try:
            answer = self._connection.query(
                f"DESCRIBE TABLE ({inner}\n)", "JSONCompact", parameters
            )
        except Failure as failure:
            if failure.code in (Code.TIMEOUT_EXCEEDED, Code.QUERY_WAS_CANCELLED):
                raise
            return ()
        return tuple((name, kind) for name, kind, *_ in rows_of(answer))


def _several_statements() -> Failure:
    return refusal(Code.SYNTAX_ERROR, "One statement at a time (multi-statements are not allowed).")
