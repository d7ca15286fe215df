"""What can go wrong between this room and ClickHouse.

StoreError
├── Unavailable    no answer: away, too slow, or the connection broke on the way
├── Rejected       ClickHouse answered with an exception: its code and words
├── Unencodable    a value does not fit the column it is meant for; nothing was written
└── SchemaError    the tables are not of the version this program knows
    └── SchemaBehind   `migrate` has not been run yet
"""

import re

# What the engine says besides its point: its code, its stack, and every word it could have parsed.
_NOISE = re.compile(
    r"^(?:Code: \d+\. )?(?:DB::Exception: )+"
    r"| Expected one of: .*?(?=: In scope |\. \([A-Z_]+\)|$)"
    r"|\s*Stack trace:.*",
    re.DOTALL,
)


class StoreError(Exception):
    """ClickHouse did not do what it was asked."""


class Unavailable(StoreError):
    """No answer; whether a write took place is unknown, so it may only be repeated by identity."""


class Rejected(StoreError):
    """An exception of the server; `code` is ClickHouse's error code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(_NOISE.sub("", message).strip())


class Unencodable(StoreError):
    """A value does not fit its column."""


class SchemaError(StoreError):
    """The database is of another version; the message says which and what to do."""


class SchemaBehind(SchemaError):
    """The tables are older than this program, or not there."""
