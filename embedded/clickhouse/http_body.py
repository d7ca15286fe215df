"""The body of an HTTP request, piece by piece, however it is framed."""

from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase

from embedded.clickhouse.failures import Code, refusal

PIECE_BYTES = 1 << 18
LONGEST_SIZE_LINE_BYTES = 1 << 10


def pieces_of_body(stream: BufferedIOBase, headers: Message) -> Iterator[bytes]:
    """Raises Failure for an unreadable length, EOFError when the client leaves half-way."""
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        yield from _chunked(stream)
    else:
        yield from _sized(stream, _number(headers.get("Content-Length") or "0", 10))


def _chunked(stream: BufferedIOBase) -> Iterator[bytes]:
    while size := _number(_line(stream).split(b";")[0].decode("ascii", "replace"), 16):
        yield from _sized(stream, size)
        _line(stream)
    while _line(stream).strip():
        """Trailers say nothing that is needed."""


def _sized(stream: BufferedIOBase, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = stream.read(min(size, PIECE_BYTES))
        if not piece:
            raise EOFError
        size -= len(piece)
        yield piece


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(LONGEST_SIZE_LINE_BYTES)
    if not line:
        raise EOFError
    return line


def _number(written: str, base: int) -> int:
    try:
        return int(written, base)
    except ValueError:
        raise refusal(Code.SYNTAX_ERROR, f"{written!r} is no length of a body.") from None
