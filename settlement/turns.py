"""Lets one process apply at a time; the constraints of the books hold even without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

_WAIT: Final = "10min"
_TAKE: Final = text("SELECT pg_advisory_lock(hashtext('settlement.apply'))")
_GIVE: Final = text("SELECT pg_advisory_unlock(hashtext('settlement.apply'))")


class Busy(Exception):
    """Another process has been applying for longer than we wait."""


@contextmanager
def own_turn(engine: Engine) -> Iterator[None]:
    """Wait until no other process applies; the turn ends with this process at the latest."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{_WAIT}'"))
        try:
            connection.execute(_TAKE)
        except OperationalError as error:
            raise Busy(
                f"Another settlement has been applied for more than {_WAIT}. Look whether it still"
                " runs, and start this command again."
            ) from error
        try:
            yield
        finally:
            connection.execute(_GIVE)
            connection.execute(text("RESET lock_timeout"))
