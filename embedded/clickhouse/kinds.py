"""How many bytes a column of each type takes in a Native block, to find where a block ends."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from embedded.clickhouse.failures import Code, refusal
from embedded.clickhouse.wire import Reader

WIDTHS_BYTES = {
    1: "Bool Int8 UInt8 Enum8 Nothing",
    2: "Int16 UInt16 Enum16 Date BFloat16",
    4: "Int32 UInt32 Float32 Date32 DateTime IPv4",
    8: "Int64 UInt64 Float64 DateTime64",
    16: "Int128 UInt128 UUID IPv6",
    32: "Int256 UInt256",
}
WIDTH_BYTES = {name: width for width, names in WIDTHS_BYTES.items() for name in names.split()}
NAMED_ELEMENT = re.compile(r"(?:`[^`]*`|\w+) (.+)", re.DOTALL)
SEPARATORS = re.compile(r"'(?:[^'\\]|\\.)*'|[(),]")
DICTIONARY_KEY_TYPE = 0xFF  # the low byte of a LowCardinality column's flags: log2 of the key width
KINDS_REMEMBERED = 1024  # parsed type names; a schema has a few dozen


class Kind(Protocol):
    def skip_prefix(self, reader: Reader) -> None:
        """Step over what stands once before all values of the column."""

    def skip(self, reader: Reader, rows: int) -> None:
        """Step over the values of `rows` rows."""


@dataclass(frozen=True, slots=True)
class Fixed:
    width_bytes: int

    def skip_prefix(self, reader: Reader) -> None:
        """Nothing stands before fixed values."""

    def skip(self, reader: Reader, rows: int) -> None:
        reader.skip(rows * self.width_bytes)


@dataclass(frozen=True, slots=True)
class Strings:
    def skip_prefix(self, reader: Reader) -> None:
        """Nothing stands before strings."""

    def skip(self, reader: Reader, rows: int) -> None:
        reader.skip_strings(rows)


@dataclass(frozen=True, slots=True)
class Nullable:
    inner: Kind

    def skip_prefix(self, reader: Reader) -> None:
        self.inner.skip_prefix(reader)

    def skip(self, reader: Reader, rows: int) -> None:
        reader.skip(rows)
        self.inner.skip(reader, rows)


@dataclass(frozen=True, slots=True)
class Tuple:
    items: tuple[Kind, ...]

    def skip_prefix(self, reader: Reader) -> None:
        for item in self.items:
            item.skip_prefix(reader)

    def skip(self, reader: Reader, rows: int) -> None:
        for item in self.items:
            item.skip(reader, rows)


@dataclass(frozen=True, slots=True)
class Array:
    """Each row's end as a running total, then all elements; a Map is an Array of (key, value)."""

    inner: Kind

    def skip_prefix(self, reader: Reader) -> None:
        self.inner.skip_prefix(reader)

    def skip(self, reader: Reader, rows: int) -> None:
        if rows:
            reader.skip((rows - 1) * 8)
            self.inner.skip(reader, reader.uint64())


@dataclass(frozen=True, slots=True)
class LowCardinality:
    """A dictionary of the distinct values, then one key for each row."""

    inner: Kind

    def skip_prefix(self, reader: Reader) -> None:
        reader.skip(8)

    def skip(self, reader: Reader, rows: int) -> None:
        if rows:
            key_type = reader.uint64() & DICTIONARY_KEY_TYPE
            self.inner.skip(reader, reader.uint64())
            reader.skip(reader.uint64() << key_type)


@lru_cache(KINDS_REMEMBERED)
def kind_of(name: str) -> Kind:
    """Raises UNKNOWN_TYPE for what our tables do not use, such as JSON and Variant."""
    head, _, rest = name.partition("(")
    inside = rest[:-1]
    if head in WIDTH_BYTES:
        return Fixed(WIDTH_BYTES[head])
    if head == "String":
        return Strings()
    if head == "FixedString":
        return Fixed(int(inside))
    if head == "Decimal":
        return Fixed(_decimal_bytes(int(_split(inside)[0])))
    if head == "Nullable":
        return Nullable(kind_of(inside))
    if head == "Array":
        return Array(kind_of(inside))
    if head == "Tuple":
        return _tuple_of(inside)
    if head == "Map":
        return Array(_tuple_of(inside))
    if head == "LowCardinality":
        return LowCardinality(kind_of(_without_nullable(inside)))
    raise refusal(Code.UNKNOWN_TYPE, f"Type {name} is not one this server carries.")


def _tuple_of(inside: str) -> Tuple:
    return Tuple(tuple(kind_of(_without_name(item)) for item in _split(inside)))


def _without_name(element: str) -> str:
    named = NAMED_ELEMENT.fullmatch(element)
    return named[1] if named else element


def _without_nullable(name: str) -> str:
    """The dictionary of a LowCardinality(Nullable(T)) holds plain T; NULL is one of its keys."""
    return name.removeprefix("Nullable(")[:-1] if name.startswith("Nullable(") else name


def _decimal_bytes(digits: int) -> int:
    return next(width for width, most in ((4, 9), (8, 18), (16, 38), (32, 76)) if digits <= most)


def _split(arguments: str) -> list[str]:
    """The arguments of a type, split at the commas outside of its inner brackets and quotes."""
    parts, start, depth = [], 0, 0
    for found in SEPARATORS.finditer(arguments):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == "," and depth == 0:
            parts.append(arguments[start : found.start()].strip())
            start = found.end()
    return [*parts, arguments[start:].strip()]
