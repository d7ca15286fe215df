"""The native protocol's numbers and strings, from a stream that gives back what was passed."""

from collections.abc import Callable

from embedded.clickhouse.failures import Code, refusal

READ_BYTES = 1 << 18  # one read of a socket: large enough that a block costs few calls
LONGEST_TEXT_BYTES = 1 << 24  # a query or a name; data is never read as text
LONGEST_BLOCK_BYTES = (
    1 << 29
)  # one block of rows is held whole; nobody sends more than 512 MiB at once


def varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def text(value: str) -> bytes:
    raw = value.encode()
    return varint(len(raw)) + raw


class Reader:
    """Reads from `receive`, whose b"" is the end of the stream and raises EOFError here."""

    def __init__(self, receive: Callable[[int], bytes], start: bytes = b"") -> None:
        self._receive = receive
        self._buffer = bytearray(start)
        self._position = 0
        self._mark: int | None = None

    @property
    def position(self) -> int:
        """Bytes passed since the start; meaningful only over bytes in memory."""
        return self._position

    def mark(self) -> None:
        """Keep every byte from here on until `since_mark`."""
        self._mark = self._position

    def since_mark(self) -> bytes:
        assert self._mark is not None, "since_mark without mark"
        passed = bytes(memoryview(self._buffer)[self._mark : self._position])
        self._mark = None
        return passed

    def take(self, size: int) -> bytes:
        self._need(size)
        start, self._position = self._position, self._position + size
        return bytes(memoryview(self._buffer)[start : self._position])

    def skip(self, size: int) -> None:
        self._need(size)
        self._position += size

    def byte(self) -> int:
        self._need(1)
        self._position += 1
        return self._buffer[self._position - 1]

    def number(self) -> int:
        """A variable-length unsigned integer."""
        value = shift = 0
        while (byte := self.byte()) > 127:
            value |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise refusal(Code.UNEXPECTED_PACKET_FROM_CLIENT, "A number of over 64 bits.")
        return value | byte << shift

    def uint64(self) -> int:
        return int.from_bytes(self.take(8), "little")

    def text(self) -> str:
        size = self.number()
        if size > LONGEST_TEXT_BYTES:
            raise refusal(Code.TOO_LARGE_STRING_SIZE, f"A string of {size} bytes is too large.")
        try:
            return self.take(size).decode()
        except UnicodeDecodeError:
            raise refusal(Code.UNEXPECTED_PACKET_FROM_CLIENT, "A text not in UTF-8.") from None

    def skip_strings(self, count: int) -> None:
        """Step over `count` strings; short ones, the usual case, without a call for each."""
        buffer, position = self._buffer, self._position
        end = len(buffer)
        for _ in range(count):
            if position < end and buffer[position] < 128 and position + buffer[position] < end:
                position += 1 + buffer[position]
            else:
                self._position = position
                self.skip(self.number())
                position, end = self._position, len(buffer)
        self._position = position

    def _need(self, size: int) -> None:
        if len(self._buffer) - self._position >= size:
            return
        self._forget_passed()
        if self._position + size > LONGEST_BLOCK_BYTES:
            raise refusal(Code.TOO_MANY_BYTES, f"A block of over {LONGEST_BLOCK_BYTES} bytes.")
        while len(self._buffer) - self._position < size:
            received = self._receive(READ_BYTES)
            if not received:
                raise EOFError
            self._buffer += received

    def _forget_passed(self) -> None:
        passed = self._position if self._mark is None else self._mark
        if passed:
            del self._buffer[:passed]
            self._position -= passed
            self._mark = None if self._mark is None else 0


def reader_over(raw: bytes) -> Reader:
    return Reader(lambda _size: b"", raw)
