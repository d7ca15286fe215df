"""Server-sent events: one line whenever what is newest has changed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool

from warehouse.store import StoreError

POLL_SECONDS: Final = 1.0
"""How often the warehouse is asked: an event is on the page within 3 s of its arrival there."""

_HEARTBEAT_POLLS: Final = 15
_RETRY_MS: Final = 2_000


async def stream(
    newest: Callable[[], str], seen: str, closing: asyncio.Event
) -> AsyncIterator[str]:
    """Events named `changed`, each with what is newest as its id, until the server closes.

    `newest`: asks the warehouse; while it does not answer, the stream says so once.
    """
    yield f"retry: {_RETRY_MS}\n\n"
    polls = 0
    lost = False
    while not closing.is_set():
        try:
            found = await run_in_threadpool(newest)
        except StoreError:
            if not lost:
                yield _event("lost", seen)
            lost = True
        else:
            if found != seen or lost:
                yield _event("changed", found)
            seen, lost = found, False
        polls += 1
        if polls % _HEARTBEAT_POLLS == 0:
            yield ": still here\n\n"
        await _pause(closing)


def _event(name: str, newest: str) -> str:
    return f"event: {name}\nid: {newest}\ndata: {newest}\n\n"


async def _pause(closing: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await closing.wait()
    except TimeoutError:
        return
