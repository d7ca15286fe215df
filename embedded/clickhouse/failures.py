"""Every refusal is a Failure with ClickHouse's own number, so that clients report it as a server's.

Failure
├── refusal(code, sentence)   decided by this package
└── of_engine(text)           decided by the engine, in the engine's words
"""

import re
from enum import IntEnum

ENGINE_TEXT = re.compile(r"Code: (\d+)\. (DB::.*)", re.DOTALL)


class Code(IntEnum):
    """The error numbers this package uses; names and values are ClickHouse's."""

    NOT_IMPLEMENTED = 48
    UNKNOWN_TYPE = 50
    SYNTAX_ERROR = 62
    UNKNOWN_PACKET_FROM_CLIENT = 99
    UNEXPECTED_PACKET_FROM_CLIENT = 101
    UNKNOWN_SETTING = 115
    TOO_LARGE_STRING_SIZE = 131
    TIMEOUT_EXCEEDED = 159
    READONLY = 164
    TOO_MANY_SIMULTANEOUS_QUERIES = 202
    TOO_MANY_BYTES = 307
    SUPPORT_IS_DISABLED = 344
    QUERY_WAS_CANCELLED = 394
    ACCESS_DENIED = 497
    AUTHENTICATION_FAILED = 516
    STD_EXCEPTION = 1001


class Failure(Exception):
    """One query, or one connection, was refused or went wrong."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"Code: {code}. {message}")
        self.code = code
        self.message = message


def refusal(code: Code, sentence: str) -> Failure:
    return Failure(code, f"DB::Exception: {sentence} ({code.name})")


def of_engine(text: str) -> Failure:
    """The engine puts its code into the text of an otherwise untyped error."""
    found = ENGINE_TEXT.search(text)
    if found:
        return Failure(int(found[1]), found[2])
    return Failure(Code.STD_EXCEPTION, f"DB::Exception: {text}")
