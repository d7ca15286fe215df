"""Connections to ClickHouse's native protocol, each lent to one thread at a time.

The only module that knows clickhouse-driver. A connection that fails in any way is closed before
it goes back, so a half-read answer can never be taken for the next one.
"""

import logging
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any, Final, NamedTuple

from clickhouse_driver import Client
from clickhouse_driver.errors import Error, ServerException, SocketTimeoutError, TypeMismatchError
from clickhouse_driver.util.helpers import parse_url

from warehouse.errors import Rejected, StoreError, Unavailable, Unencodable

_CONNECT_SECONDS: Final = 3
_PING_SECONDS: Final = 3

_LOST = (Error, EOFError, OSError)
_MISFITS = (TypeMismatchError, struct.error, TypeError, ValueError, OverflowError, AttributeError)


class _Dropped(Unavailable):
    """The connection broke; the server itself may well be there."""


class Answer(NamedTuple):
    """A result: the columns' names and ClickHouse types, and its rows."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Connections:
    """At most `limit` connections to one server, opened when needed and kept.

    `timeout_seconds`: the longest wait for the server's next packet, and for a free connection.
    """

    def __init__(self, url: str, limit: int, timeout_seconds: float) -> None:
        # What goes wrong is told by exceptions; the driver would print each a second time.
        logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._free = BoundedSemaphore(limit)
        self._lock = Lock()
        self._idle: list[Client] = []

    def read(
        self,
        statement: str,
        parameters: Mapping[str, object] | None,
        settings: Mapping[str, object],
    ) -> Answer:
        """The whole result; asks a second time if the connection broke, so only for reads."""
        try:
            return self._execute(statement, parameters, settings)
        except _Dropped:
            return self._execute(statement, parameters, settings)

    def command(self, statement: str, parameters: Mapping[str, object] | None) -> Answer:
        """Executes a statement once."""
        return self._execute(statement, parameters, {})

    def _execute(
        self,
        statement: str,
        parameters: Mapping[str, object] | None,
        settings: Mapping[str, object],
    ) -> Answer:
        with self._lent() as client:
            answer = client.execute(
                statement, parameters, with_column_types=True, settings=dict(settings)
            )
            # The driver answers a statement without a result with a bare empty list.
            rows, columns = answer if isinstance(answer, tuple) else ([], [])
        return Answer(*_head(columns), rows)

    def stream(
        self,
        statement: str,
        parameters: Mapping[str, object] | None,
        settings: Mapping[str, object],
    ) -> Iterator[tuple[Any, ...]]:
        """First the columns' names, then row after row, holding one block of the server's."""
        with self._lent() as client:
            rows = client.execute_iter(
                statement, parameters, with_column_types=True, settings=dict(settings)
            )
            yield _head(next(rows, []))[0]
            yield from rows

    def insert(self, statement: str, values: Sequence[Sequence[object]]) -> None:
        """Writes columns in one block, once. Raises Unencodable before anything was written."""
        with self._lent() as client:
            try:
                client.execute(statement, values, columnar=True, settings={"async_insert": 0})
            except _MISFITS as error:
                raise Unencodable(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Closes the connections that nobody holds."""
        with self._lock:
            idle, self._idle = self._idle, []
        for client in idle:
            client.disconnect()

    @contextmanager
    def _lent(self) -> Iterator[Client]:
        if not self._free.acquire(timeout=self._timeout_seconds):
            raise Unavailable("All connections to ClickHouse are busy. Try again in a moment.")
        try:
            with self._lock:
                client = self._idle.pop() if self._idle else self._opened()
            try:
                with _translated():
                    yield client
            except BaseException:
                client.disconnect()
                raise
            finally:
                with self._lock:
                    self._idle.append(client)
        finally:
            self._free.release()

    def _opened(self) -> Client:
        host, options = parse_url(self._url)
        return Client(
            host,
            connect_timeout=_CONNECT_SECONDS,
            send_receive_timeout=self._timeout_seconds,
            sync_request_timeout=_PING_SECONDS,
            **options,
        )


def _head(columns: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(name for name, _ in columns), tuple(kind for _, kind in columns)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except ServerException as error:
        raise Rejected(error.code, error.message) from error
    except SocketTimeoutError as error:
        raise Unavailable("ClickHouse did not answer in time.") from error
    except _LOST as error:
        words = error.message if isinstance(error, Error) else error
        raise _Dropped(f"ClickHouse does not answer: {words or type(error).__name__}") from error
