"""Finding the end of a block without reading its values, for every type that our tables use."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.client import Client
from clickhouse_driver.connection import ServerInfo
from clickhouse_driver.streams.native import BlockOutputStream
from hypothesis import given
from hypothesis import strategies as st

from embedded.clickhouse import packets
from embedded.clickhouse.blocks import Header, blocks_of, empty_block, read_block, retyped
from embedded.clickhouse.failures import Code, Failure
from embedded.clickhouse.wire import Reader, reader_over, text, varint

NEXT_PACKET = b"\x02the next packet"

texts = st.text(max_size=300)
words = st.sampled_from(["", "billable", "bot", "over_budget"])
moments = st.integers(0, 2**32 - 1).map(lambda second: datetime.fromtimestamp(second, UTC))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "String": texts,
    "LowCardinality(String)": words,
    "LowCardinality(Nullable(String))": st.none() | words,
    "FixedString(16)": st.binary(min_size=16, max_size=16),
    "UInt8": st.integers(0, 2**8 - 1),
    "UInt16": st.integers(0, 2**16 - 1),
    "UInt32": st.integers(0, 2**32 - 1),
    "UInt64": st.integers(0, 2**64 - 1),
    "Int8": st.integers(-(2**7), 2**7 - 1),
    "Int64": st.integers(-(2**63), 2**63 - 1),
    "Float64": st.floats(allow_nan=False),
    "DateTime64(3, 'UTC')": moments,
    "DateTime": moments,
    "DateTime('UTC')": moments,
    "Date": st.dates(date(1971, 1, 1), date(2100, 1, 1)),
    "Bool": st.booleans(),
    "UUID": st.builds(lambda number: uuid.UUID(int=number), st.integers(0, 2**128 - 1)),
    "Enum8('a, (b' = 1, 'it\\'s' = 2)": st.sampled_from([1, 2]),
    "Nullable(Int64)": st.none() | st.integers(-9, 9),
    "Nullable(String)": st.none() | texts,
    "Array(String)": st.lists(texts, max_size=4),
    "Array(Nullable(UInt8))": st.lists(st.none() | st.integers(0, 255), max_size=4),
    "Array(Array(UInt16))": st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=3),
    "Array(LowCardinality(String))": st.lists(words, max_size=4),
    "Map(String, String)": st.dictionaries(texts, texts, max_size=4),
    "Map(LowCardinality(String), UInt32)": st.dictionaries(words, st.integers(0, 9), max_size=4),
    "Tuple(String, Nullable(UInt8))": st.tuples(texts, st.none() | st.integers(0, 9)),
    "Tuple(name String, count UInt8)": st.tuples(texts, st.integers(0, 9)),
}


class Sink:
    """Stands where the driver expects a socket."""

    def __init__(self) -> None:
        self.sent = bytearray()

    def sendall(self, piece: bytes) -> None:
        self.sent += piece


@st.composite
def columns(draw: st.DrawFn) -> tuple[Header, list[list[Any]], int]:
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6))
    rows = draw(st.integers(1, 12))
    data = [draw(st.lists(VALUES[kind], min_size=rows, max_size=rows)) for kind in kinds]
    return tuple((f"column {place}", kind) for place, kind in enumerate(kinds)), data, rows


def written(header: Header, data: list[list[Any]]) -> bytes:
    """A block as clickhouse-driver sends it, without the block info before it."""
    context = Client("nowhere").connection.context
    revision = packets.REVISION
    context.server_info = ServerInfo("test", 26, 9, 2, revision, "UTC", "test", revision)
    sink = Sink()
    writer = BufferedSocketWriter(sink, 1 << 16)
    BlockOutputStream(writer, context).write(ColumnOrientedBlock(list(header), data))
    writer.flush()
    return bytes(sink.sent).removeprefix(packets.BLOCK_PREFIX)


def arriving(raw: bytes, piece_bytes: int) -> Reader:
    pieces = iter([raw[at : at + piece_bytes] for at in range(0, len(raw), piece_bytes)])
    return Reader(lambda _size: next(pieces, b""))


@given(columns(), st.integers(1, 400))
def test_a_block_ends_where_it_ends_however_it_arrives(
    drawn: tuple[Header, list[list[Any]], int], piece_bytes: int
) -> None:
    header, data, rows = drawn
    raw = written(header, data)
    reader = arriving(raw + raw + NEXT_PACKET, piece_bytes)
    for block in (read_block(reader), read_block(reader)):
        assert (block.raw, block.header, block.rows) == (raw, header, rows)
    assert reader.take(len(NEXT_PACKET)) == NEXT_PACKET


@given(columns())
def test_a_cut_block_is_the_end_of_the_stream(
    drawn: tuple[Header, list[list[Any]], int],
) -> None:
    raw = written(drawn[0], drawn[1])
    with pytest.raises(EOFError):
        read_block(reader_over(raw[:-1]))


def test_a_zone_is_put_into_the_type_and_values_stay() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    plain = (("name", "String"), ("hour", "DateTime"), ("n", "UInt8"))
    zoned = (("name", "String"), ("hour", "DateTime('UTC')"), ("n", "UInt8"))
    data: list[list[Any]] = [["a", "b"], [moment, moment], [1, 2]]
    assert retyped(written(plain, data), zoned) == written(zoned, data)


def test_an_answer_of_several_blocks_is_taken_apart() -> None:
    header = (("n", "UInt8"),)
    first, second = written(header, [[1, 2]]), written(header, [[3]])
    assert [block.raw for block in blocks_of(first + second, 3)] == [first, second]
    assert [block.raw for block in blocks_of(first, 2)] == [first]
    assert list(blocks_of(b"", 0)) == []


def test_an_empty_block_still_names_and_types_its_columns() -> None:
    header = (("a", "String"), ("b", "Map(String, String)"))
    block = read_block(reader_over(empty_block(header)))
    assert (block.header, block.rows) == (header, 0)


def test_a_type_we_do_not_carry_is_refused_by_name() -> None:
    raw = varint(1) + varint(1) + text("a") + text("JSON") + b"..."
    with pytest.raises(Failure, match="Type JSON") as refused:
        read_block(reader_over(raw))
    assert refused.value.code == Code.UNKNOWN_TYPE


def test_a_string_of_32_gigabytes_is_refused_before_it_is_read() -> None:
    raw = varint(1) + varint(1) + text("a") + text("String") + varint(32 << 30)
    with pytest.raises(Failure) as refused:
        read_block(reader_over(raw))
    assert refused.value.code == Code.TOO_MANY_BYTES


@given(st.integers(0, 2**63))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert reader_over(varint(number)).number() == number
