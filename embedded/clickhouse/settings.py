"""Settings that come with one query leave with it: the session's own values return afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from embedded.clickhouse.chdb_connection import Connection
from embedded.clickhouse.documents import rows_of
from embedded.clickhouse.failures import Code, refusal

UNHEARD = frozenset({"send_logs_level", "log_comment"})
"""Sent by some clients with every query; here the first would print to standard error, the second
is how a running query is found. Nothing is logged per query, so neither is missed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    value: str
    important: bool
    """If unknown, an error; any other unknown setting is passed over, as on a server."""


class QuerySettings:
    """Remembers, for one connection, how to restore each setting it was asked to change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._restoring: dict[str, str | None] = {}

    def forget(self) -> None:
        """The session itself has changed: what was remembered may be wrong."""
        self._restoring.clear()

    @contextmanager
    def applied(self, settings: Mapping[str, Wanted]) -> Iterator[None]:
        heard = {name: wanted for name, wanted in settings.items() if name not in UNHEARD}
        self._learn([name for name in heard if name not in self._restoring])
        for name, wanted in heard.items():
            if wanted.important and self._restoring[name] is None:
                raise refusal(Code.UNKNOWN_SETTING, f"Unknown setting '{name}'.")
        known = {name: heard[name] for name in heard if self._restoring[name] is not None}
        restoring = [self._restoring[name] for name in known]
        try:
            self._set([f"`{name}` = {quoted(wanted.value)}" for name, wanted in known.items()])
            yield
        finally:
            self._set([assignment for assignment in restoring if assignment])

    def _set(self, assignments: list[str]) -> None:
        if assignments:
            self._connection.query("SET " + ", ".join(assignments))

    def _learn(self, names: list[str]) -> None:
        if not names:
            return
        self._restoring.update(dict.fromkeys(names))
        listed = ", ".join(quoted(name) for name in names)
        answer = self._connection.query(
            f"SELECT name, value, changed FROM system.settings WHERE name IN ({listed})",
            "JSONCompact",
        )
        for name, value, changed in rows_of(answer):
            self._restoring[name] = f"`{name}` = {quoted(value) if changed else 'DEFAULT'}"


def quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
