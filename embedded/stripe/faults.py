"""Scripted trouble: which of the next requests meets which fault, and how often.

A script is kept in memory: a restart clears it.
"""

import asyncio
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec
from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Kind = Literal["drop_before", "drop_after_commit", "error_after_commit", "conflict", "slow"]


# Longer than any client waits.
MAX_SLOW_SECONDS = 300


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One line of a script.

    `drop_before` closes the connection before anything is read, `drop_after_commit` when all is
    done and nothing said. `error_after_commit` does the work and answers (and saves) a 500,
    `conflict` answers 409 and does nothing, `slow` holds the key for `seconds` before it works.
    It meets the next `count` requests of `method` whose path matches `path` (`*` is any text),
    after letting `after` of them pass.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    seconds: Annotated[float, msgspec.Meta(ge=0, le=MAX_SLOW_SECONDS)] = 0.0


class Faults:
    """The script of faults still to come."""

    def __init__(self) -> None:
        self._script: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._script.append(fault)

    def clear(self) -> None:
        self._script.clear()

    def pending(self) -> list[Fault]:
        return [fault for fault in self._script if fault.count > 0]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, if any; the first matching line decides."""
        for fault in self.pending():
            if fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path):
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.count -= 1
                return fault
        return None


class DroppableConnection(HttpToolsProtocol):
    """Shows a request its own connection, so that it can be cut."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


async def drop(request: Request) -> None:
    """Cut the connection without a word."""
    transport: asyncio.Transport = request.state.transport
    transport.abort()
    # The server must learn of the cut before the handler returns, or it would try to answer.
    await asyncio.sleep(0)
