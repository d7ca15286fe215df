"""The packets of the native protocol, at the one revision this server speaks.

It names revision 54449 in its hello, and clients of today (clickhouse-driver 0.2, any later
clickhouse-client) step down to it; that spares every branch on older and newer revisions.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from embedded.clickhouse.failures import Code, Failure, refusal
from embedded.clickhouse.settings import Wanted
from embedded.clickhouse.wire import Reader, text, varint

REVISION = 54449
DISPLAY_NAME = "embedded"
IMPORTANT = 1
WHOLE_QUERY = 2  # the stage of a client's own query; others are sent between servers
BLOCK_PREFIX = b"\x01\0\x02\xff\xff\xff\xff\0"  # block info: not overflows, no bucket
START_TIME_BYTES, TRACE_BYTES = 8, 24


class ClientPacket(IntEnum):
    HELLO = 0
    QUERY = 1
    DATA = 2
    CANCEL = 3
    PING = 4


class ServerPacket(IntEnum):
    HELLO = 0
    DATA = 1
    EXCEPTION = 2
    PROGRESS = 3
    PONG = 4
    END_OF_STREAM = 5
    PROFILE_INFO = 6


PONG = varint(ServerPacket.PONG)
END_OF_STREAM = varint(ServerPacket.END_OF_STREAM)


@dataclass(frozen=True, slots=True)
class Hello:
    database: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Query:
    settings: dict[str, Wanted]
    stage: int
    compressed: bool
    sql: str


def read_hello(reader: Reader) -> Hello:
    """Raises Failure for a client of another protocol or an older revision."""
    if reader.number() != ClientPacket.HELLO:
        raise refusal(Code.UNEXPECTED_PACKET_FROM_CLIENT, "This port speaks ClickHouse's protocol.")
    reader.text()
    _major, _minor, revision = reader.number(), reader.number(), reader.number()
    if revision < REVISION:
        raise refusal(
            Code.NOT_IMPLEMENTED, f"Clients before protocol revision {REVISION} are not supported."
        )
    return Hello(database=reader.text(), user=reader.text(), password=reader.text())


def read_query(reader: Reader) -> Query:
    reader.text()  # the query id: the engine gives its own
    _skip_client_info(reader)
    settings = {}
    while name := reader.text():
        flags = reader.number()
        settings[name] = Wanted(reader.text(), important=bool(flags & IMPORTANT))
    reader.text()  # a secret between servers
    stage, compression = reader.number(), reader.number()
    return Query(settings, stage, compressed=compression == 1, sql=reader.text())


def skip_block_info(reader: Reader) -> None:
    while field := reader.number():
        reader.skip(1 if field == 1 else 4)


def hello(version: str, timezone: str) -> bytes:
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    return (
        varint(ServerPacket.HELLO)
        + text("ClickHouse")
        + varint(major)
        + varint(minor)
        + varint(REVISION)
        + text(timezone)
        + text(DISPLAY_NAME)
        + varint(patch)
    )


def exception(failure: Failure) -> bytes:
    return (
        varint(ServerPacket.EXCEPTION)
        + struct.pack("<i", failure.code)
        + text("DB::Exception")
        + text(failure.message)
        + text("")  # no stack trace
        + b"\0"  # no nested exception
    )


def data(block: bytes) -> bytes:
    return varint(ServerPacket.DATA) + text("") + BLOCK_PREFIX + block


def progress(read_rows: int = 0, read_bytes: int = 0, *, written_rows: int = 0) -> bytes:
    numbers = (read_rows, read_bytes, read_rows, written_rows, 0)
    return varint(ServerPacket.PROGRESS) + b"".join(varint(number) for number in numbers)


def profile(rows: int, blocks: int, size_bytes: int) -> bytes:
    """Claims to have counted the rows before LIMIT: some clients crash when that was not done."""
    numbers = b"".join(varint(number) for number in (rows, blocks, size_bytes))
    return varint(ServerPacket.PROFILE_INFO) + numbers + b"\0" + varint(rows) + b"\1"


def _skip_client_info(reader: Reader) -> None:
    if reader.byte() == 0:  # the kind of query; 0: no information follows
        return
    for _ in ("initial user", "initial query id", "initial address"):
        reader.text()
    reader.skip(START_TIME_BYTES)
    reader.byte()  # the interface
    for _ in ("system user", "host", "client name"):
        reader.text()
    for _ in ("major", "minor", "revision"):
        reader.number()
    reader.text()  # quota key
    for _ in ("distributed depth", "patch"):
        reader.number()
    if reader.byte():  # an OpenTelemetry trace
        reader.skip(TRACE_BYTES)
        reader.text()
        reader.byte()
