"""The analyst may read every table, within limits, and no keyed hash of a person.

On a server that lets its users be managed by SQL, this makes that user; the embedded server has
the same user built in and refuses, which is fine.
"""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from warehouse.errors import Rejected
from warehouse.migrations import statements_of
from warehouse.store import Store

_FILE: Final = Path(__file__).parent / "schema" / "analyst.sql"

# ClickHouse's codes for a server whose users are not managed by SQL, or not by this user.
_ACCESS_DENIED: Final = 497
_NO_ACCESS_STORAGE: Final = 514


def grant_analyst(store: Store, url: str) -> bool:
    """Makes the user of this URL, or brings its password and grants up to date.

    False: the server keeps its users itself, so nothing was changed.
    """
    for number, statement in enumerate(statements(url)):
        try:
            store.execute(statement)
        except Rejected as error:
            if number == 0 and error.code in (_ACCESS_DENIED, _NO_ACCESS_STORAGE):
                return False
            raise
    return True


def statements(url: str) -> list[str]:
    """The file of grants for the user, password and database of this URL."""
    parts = urlsplit(url)
    words = {
        "database": _identifier(parts.path.strip("/")),
        "user": _identifier(unquote(parts.username or "")),
        "password": _literal(unquote(parts.password or "")),
    }
    return [statement.format(**words) for statement in statements_of(_FILE.read_text())]


def _identifier(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
