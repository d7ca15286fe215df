"""Native blocks as bytes: where one ends, and how its columns are named and typed."""

from collections.abc import Iterator
from dataclasses import dataclass

from embedded.clickhouse.kinds import kind_of
from embedded.clickhouse.wire import Reader, reader_over, text, varint

Header = tuple[tuple[str, str], ...]
"""(name, type) of each column."""


@dataclass(frozen=True, slots=True)
class Block:
    raw: bytes
    header: Header
    rows: int


def read_block(reader: Reader) -> Block:
    reader.mark()
    columns, rows = reader.number(), reader.number()
    header = tuple(_read_column(reader, rows) for _ in range(columns))
    return Block(reader.since_mark(), header, rows)


def blocks_of(raw: bytes, rows: int) -> Iterator[Block]:
    """The blocks that an engine's answer of `rows` rows is made of.

    A streamed answer is one block, passed on without looking into it: its header is left empty.
    """
    if not raw:
        return
    reader = reader_over(raw)
    _columns, first_rows = reader.number(), reader.number()
    if first_rows == rows:
        yield Block(raw, (), rows)
        return
    reader, left = reader_over(raw), rows
    while left > 0:
        block = read_block(reader)
        left -= block.rows
        yield block


def header_of(raw: bytes) -> Header:
    return read_block(reader_over(raw)).header


def empty_block(header: Header) -> bytes:
    return varint(len(header)) + b"\0" + b"".join(text(name) + text(kind) for name, kind in header)


def retyped(raw: bytes, header: Header) -> bytes:
    """The block with its type names replaced by those of `header`.

    Needed because the engine's Native format writes `DateTime('zone')` as `DateTime`, and a client
    that misses the zone returns naive times.
    """
    reader, pieces, copied = reader_over(raw), [], 0
    _columns, rows = reader.number(), reader.number()
    for _name, kind in header:
        reader.text()
        pieces += [raw[copied : reader.position], text(kind)]
        written_kind = reader.text()
        copied = reader.position
        _skip_values(reader, written_kind, rows)
    return b"".join(pieces) + raw[copied:]


def _read_column(reader: Reader, rows: int) -> tuple[str, str]:
    name, kind = reader.text(), reader.text()
    _skip_values(reader, kind, rows)
    return name, kind


def _skip_values(reader: Reader, kind: str, rows: int) -> None:
    if rows:
        values = kind_of(kind)
        values.skip_prefix(reader)
        values.skip(reader, rows)
