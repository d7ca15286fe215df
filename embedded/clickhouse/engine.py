"""One open data directory: hands out connections in a role, and kills what must stop."""

import threading
from collections.abc import Sequence

from embedded.clickhouse.chdb_connection import Connection
from embedded.clickhouse.configuration import Withheld, engine_xml, opening_statements
from embedded.clickhouse.directory import Directory
from embedded.clickhouse.documents import rows_of
from embedded.clickhouse.failures import Failure
from embedded.clickhouse.guard import OPEN_TABLE_FUNCTIONS, Confines
from embedded.clickhouse.users import Role


class Engine:
    """Open from construction to `close`; needs the directory to be claimed."""

    def __init__(
        self, directory: Directory, database: str, withheld: Sequence[Withheld] = ()
    ) -> None:
        directory.configuration.write_text(
            engine_xml(directory.configuration, database, withheld, _text_settings())
        )
        self._address = f"{directory.store}?config-file={directory.configuration}"
        self.database = database
        self._root = Connection(self._address)  # holds the engine open, and kills
        self._root_lock = threading.Lock()
        self._root.query(f"CREATE DATABASE IF NOT EXISTS `{database}`")
        self.confines = Confines(
            database, self._closed_functions(), frozenset(hidden.column for hidden in withheld)
        )

    def connect(self, role: Role, database: str, tag: str) -> Connection:
        """A connection in that role; `tag` is what `kill` finds its queries by. Raises Failure."""
        connection = Connection(f"{self._address}&log_comment={tag}")
        try:
            for statement in opening_statements(role, database):
                connection.query(statement)
        except Failure:
            connection.close()
            raise
        return connection

    def kill(self, tag: str) -> None:
        """Asks that connection's query to stop; it then fails with QUERY_WAS_CANCELLED."""
        self._kill(f"Settings['log_comment'] = '{tag}'")

    def kill_all(self) -> None:
        self._kill("1")

    def close(self) -> None:
        with self._root_lock:
            self._root.close()

    def _kill(self, condition: str) -> None:
        with self._root_lock:
            self._root.query(f"KILL QUERY WHERE {condition} ASYNC")

    def _closed_functions(self) -> frozenset[str]:
        answer = self._root.query("SELECT lower(name) FROM system.table_functions", "JSONCompact")
        return frozenset(name for (name,) in rows_of(answer)) - OPEN_TABLE_FUNCTIONS


def _text_settings() -> list[str]:
    """Asked of an engine without a directory, because ours is opened with the answer."""
    connection = Connection(":memory:")
    try:
        answer = connection.query(
            "SELECT name FROM system.settings WHERE type IN ('String', 'Map', 'URI')", "JSONCompact"
        )
    finally:
        connection.close()
    return [name for (name,) in rows_of(answer)]
