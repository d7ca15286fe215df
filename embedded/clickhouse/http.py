"""One query for each HTTP request; every request is a session of its own."""

import contextlib
import itertools
import json
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

from embedded.clickhouse.chdb_connection import engine_version
from embedded.clickhouse.failures import Code, Failure, refusal
from embedded.clickhouse.format_clause import format_of, without_format
from embedded.clickhouse.http_body import pieces_of_body
from embedded.clickhouse.http_request import Request, request_of
from embedded.clickhouse.insertion import Insertion, insertion_of
from embedded.clickhouse.listener import Listener
from embedded.clickhouse.packets import DISPLAY_NAME
from embedded.clickhouse.session import Session

IDLE_SECONDS = 60  # a kept-alive connection holds a thread
# An answer is built in memory, several times over; larger ones go over the native protocol.
LARGEST_ANSWER_BYTES = 128 << 20
LONGEST_QUERY_BYTES = 16 << 20  # as over the native protocol
HEAD_BYTES = 1 << 16  # the head of an INSERT is looked for in so much
STATUS = {
    Code.SYNTAX_ERROR: 400,
    47: 400,  # UNKNOWN_IDENTIFIER
    Code.READONLY: 403,
    Code.ACCESS_DENIED: 403,
    Code.AUTHENTICATION_FAILED: 403,
    60: 404,  # UNKNOWN_TABLE
    81: 404,  # UNKNOWN_DATABASE
    Code.TIMEOUT_EXCEEDED: 408,
    Code.NOT_IMPLEMENTED: 501,
    Code.TOO_MANY_SIMULTANEOUS_QUERIES: 503,
}


class HttpHandler(BaseHTTPRequestHandler):
    """What the listener starts, in a thread of its own, for each connection."""

    server: Listener
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = 1 << 16  # headers and body leave in one write, else each waits for Nagle's timer

    def version_string(self) -> str:
        return "ClickHouse"

    def log_message(self, format: str, *args: Any) -> None:
        """A line for each request would say nothing that the client is not told."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        try:
            body = pieces_of_body(self.rfile, self.headers)
            try:
                self._answer_request(request_of(self.path, self.headers), body)
            except Failure as failure:
                self._refuse(failure, body)
            _hear_out(body)
        except (OSError, EOFError):
            self.close_connection = True  # the client left

    def _answer_request(self, request: Request, body: Iterator[bytes]) -> None:
        if request.path == "/ping":
            self._reply(200, b"Ok.\n")
        elif request.path != "/":
            self._reply(404, b"There is no handle for this path\n")
        else:
            start = _start_of(request.query.encode(), body)
            if start:
                self._run(request, start, body)
            else:
                self._reply(200, b"Ok.\n")

    def _refuse(self, failure: Failure, body: Iterator[bytes]) -> None:
        self.close_connection = True
        _hear_out(body)
        text = f"Code: {failure.code}. {failure.message} (version {engine_version()})\n"
        headers = {"X-ClickHouse-Exception-Code": str(failure.code), "Connection": "close"}
        self._reply(STATUS.get(failure.code, 500), text.encode(), headers)

    def _run(self, request: Request, start: bytes, rest: Iterator[bytes]) -> None:
        session = self.server.sessions.sign_in(
            self.connection, request.user, request.password, request.database
        )
        try:
            if self.command == "GET":
                session.only_read()
            session.limit_answer(LARGEST_ANSWER_BYTES)
            with session.settings.applied(request.settings):
                insertion = insertion_of(start)
                if insertion:
                    self._insert(session, insertion, start, rest)
                else:
                    self._select(session, request, _query_text(start, rest))
        finally:
            self.server.sessions.sign_out(session)

    def _insert(
        self, session: Session, insertion: Insertion, start: bytes, rest: Iterator[bytes]
    ) -> None:
        session.admit_insert(start.decode(errors="replace"))
        rows = itertools.chain([start[insertion.head_bytes :]], rest)
        written_rows = session.insert(insertion, rows, insertion.format)
        self._reply(200, b"", {"X-ClickHouse-Summary": _summary(written_rows=written_rows)})

    def _select(self, session: Session, request: Request, sql: str) -> None:
        answer_format = format_of(sql) or request.answer_format
        with self.server.sessions.watch.over(session):
            if answer_format == "Native":
                pieces = session.select(without_format(sql), request.parameters)
                answer, summary = b"".join(piece.raw for piece in pieces), _summary()
            else:
                document = session.document(sql, answer_format, request.parameters)
                answer = document.raw
                summary = _summary(read_rows=document.read_rows, read_bytes=document.read_bytes)
        headers = {"X-ClickHouse-Format": answer_format, "X-ClickHouse-Summary": summary}
        self._reply(200, answer, headers, _media_type(answer_format))

    def _reply(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        media_type: str = "text/plain; charset=UTF-8",
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-ClickHouse-Server-Display-Name", DISPLAY_NAME)
        self.send_header("X-ClickHouse-Timezone", "UTC")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _hear_out(body: Iterator[bytes]) -> None:
    """A client that is still sending would not hear us, or take its rest for a request."""
    with contextlib.suppress(Failure):  # the body itself may be what is wrong
        for _piece in body:
            """Nobody asked for it."""


def _start_of(query: bytes, body: Iterator[bytes]) -> bytes:
    """The query, or as much of it and of its rows as an INSERT's head can take.

    A query in the address is followed by the body as its rows, after a new line.
    """
    start = bytearray()
    for piece in body:
        start += piece
        if len(start) >= HEAD_BYTES:
            break
    return query + b"\n" + bytes(start) if query and start else query + bytes(start)


def _query_text(start: bytes, rest: Iterable[bytes]) -> str:
    text = bytearray(start)
    for piece in rest:
        text += piece
        if len(text) > LONGEST_QUERY_BYTES:
            raise refusal(Code.TOO_MANY_BYTES, f"A query of over {LONGEST_QUERY_BYTES} bytes.")
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise refusal(Code.SYNTAX_ERROR, "A query not in UTF-8.") from None


def _media_type(answer_format: str) -> str:
    if answer_format.upper().startswith("JSON"):
        return "application/json; charset=UTF-8"
    if answer_format == "Native":
        return "application/octet-stream"
    return "text/plain; charset=UTF-8"


def _summary(**counts: int) -> str:
    return json.dumps({name: str(count) for name, count in counts.items()})
