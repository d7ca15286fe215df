"""One client's conversation over the native protocol."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from socketserver import BaseRequestHandler

import structlog

from embedded.clickhouse import packets
from embedded.clickhouse.blocks import Block, empty_block, read_block
from embedded.clickhouse.chdb_connection import engine_version
from embedded.clickhouse.failures import Code, Failure, refusal
from embedded.clickhouse.format_clause import without_format
from embedded.clickhouse.insertion import Insertion, insertion_of
from embedded.clickhouse.listener import Listener
from embedded.clickhouse.packets import ClientPacket, Query
from embedded.clickhouse.session import Piece, Session
from embedded.clickhouse.sessions import Sessions
from embedded.clickhouse.wire import Reader

SIGN_IN_SECONDS = 10  # a connection that says nothing holds a thread
IDLE_SECONDS = 3600  # a pool keeps its connections; a client that vanished goes in an hour

log = structlog.get_logger()


@dataclass(slots=True)
class Tally:
    """What has been sent of one answer."""

    rows: int = 0
    blocks: int = 0
    size_bytes: int = 0
    read_rows: int = 0
    read_bytes: int = 0

    def count(self, piece: Piece) -> None:
        self.rows += piece.rows
        self.blocks += piece.rows > 0
        self.size_bytes += len(piece.raw)
        self.read_rows += piece.read_rows
        self.read_bytes += piece.read_bytes


class Conversation:
    """Reads packets and answers them until the client leaves or is no longer understood."""

    def __init__(self, sessions: Sessions, client: socket.socket) -> None:
        self._sessions = sessions
        self._client = client
        self._reader = Reader(client.recv)
        self._understood = True

    def run(self) -> None:
        self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.settimeout(SIGN_IN_SECONDS)
        try:
            session = self._sign_in()
        except Failure as failure:
            self._client.sendall(packets.exception(failure))
            return
        self._client.settimeout(IDLE_SECONDS)
        try:
            while self._understood:
                self._answer_next(session)
        except Failure as failure:
            log.warning("connection closed", reason=failure.message)
            self._client.sendall(packets.exception(failure))
        finally:
            self._sessions.sign_out(session)

    def _sign_in(self) -> Session:
        hello = packets.read_hello(self._reader)
        session = self._sessions.sign_in(self._client, hello.user, hello.password, hello.database)
        self._client.sendall(packets.hello(engine_version(), "UTC"))
        return session

    def _answer_next(self, session: Session) -> None:
        packet = self._reader.number()
        if packet == ClientPacket.PING:
            self._client.sendall(packets.PONG)
        elif packet == ClientPacket.QUERY:
            self._answer_query(session)
        elif packet != ClientPacket.CANCEL:  # a late Cancel finds nothing left to cancel
            raise refusal(Code.UNKNOWN_PACKET_FROM_CLIENT, f"Unknown packet {packet}.")

    def _answer_query(self, session: Session) -> None:
        query = packets.read_query(self._reader)
        if query.compressed:
            raise refusal(
                Code.SUPPORT_IS_DISABLED,
                "This server has no compression: connect with compression=False.",
            )
        external_tables = self._read_tables()
        session.cancelled = False
        try:
            _refuse_unsupported(query, external_tables=external_tables)
            with session.settings.applied(query.settings):
                self._run(session, query.sql)
            self._client.sendall(packets.END_OF_STREAM)
        except Failure as failure:
            if session.cancelled and failure.code == Code.QUERY_WAS_CANCELLED:
                self._client.sendall(packets.END_OF_STREAM)
            else:
                self._client.sendall(packets.exception(failure))

    def _run(self, session: Session, sql: str) -> None:
        statement = sql.encode()
        insertion = insertion_of(statement)
        if insertion is None:
            self._select(session, without_format(sql))
            return
        session.admit_insert(sql)
        rows = statement[insertion.head_bytes :]
        if rows.strip(b" ;\r\n\t"):
            session.insert(insertion, [rows], insertion.format)
        else:
            self._insert_blocks(session, insertion)

    def _select(self, session: Session, sql: str) -> None:
        tally = Tally()
        pieces = session.select(sql)
        with self._sessions.watch.over(session), contextlib.closing(pieces):
            for piece in pieces:
                self._client.sendall(packets.data(piece.raw))
                tally.count(piece)
                if session.cancelled:
                    return
        if tally.blocks:
            self._client.sendall(packets.profile(tally.rows, tally.blocks, tally.size_bytes))
        self._client.sendall(packets.progress(tally.read_rows, tally.read_bytes))

    def _insert_blocks(self, session: Session, insertion: Insertion) -> None:
        """The client's blocks go to the engine byte for byte, as one INSERT."""
        header = session.insert_header(insertion)
        self._client.sendall(packets.data(empty_block(header)))
        written_rows = session.insert(insertion, self._read_rows(), "Native")
        self._client.sendall(packets.progress(written_rows=written_rows))

    def _read_rows(self) -> Iterator[bytes]:
        self._understood = False  # out of step with the client until its last, empty block
        while (block := self._read_data()[1]).rows:
            yield block.raw
        self._understood = True

    def _read_tables(self) -> bool:
        """Steps over the tables a client may send along with a query; says whether there were."""
        found = False
        while True:
            table, block = self._read_data()
            if not table and not block.rows:
                return found
            found = True

    def _read_data(self) -> tuple[str, Block]:
        packet = self._reader.number()
        if packet == ClientPacket.CANCEL:
            raise refusal(Code.QUERY_WAS_CANCELLED, "The query was cancelled.")
        if packet != ClientPacket.DATA:
            raise refusal(Code.UNEXPECTED_PACKET_FROM_CLIENT, f"Unexpected packet {packet}.")
        table = self._reader.text()
        packets.skip_block_info(self._reader)
        return table, read_block(self._reader)


def _refuse_unsupported(query: Query, *, external_tables: bool) -> None:
    """Raises Failure for what the protocol knows and nobody here uses."""
    if external_tables:
        raise refusal(Code.NOT_IMPLEMENTED, "External tables are not supported.")
    if query.stage != packets.WHOLE_QUERY:
        raise refusal(Code.NOT_IMPLEMENTED, "Queries between servers are not supported.")


class NativeHandler(BaseRequestHandler):
    """What the listener starts, in a thread of its own, for each connection."""

    server: Listener

    def handle(self) -> None:
        with contextlib.suppress(EOFError, OSError):  # the client left, at whatever point
            Conversation(self.server.sessions, self.request).run()
