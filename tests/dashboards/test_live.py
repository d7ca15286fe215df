"""The stream says when an account has something new, and nothing of anybody else."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from dashboards.live import stream
from dashboards.parts import Parts
from partnerships.keys import Keys
from tests.dashboards import example_month
from tests.dashboards.arrivals import arrive
from tests.dashboards.browsing import signed_in
from tests.dashboards.example import GRAVEL, SLOW
from tests.dashboards.serving import parts_on, served
from warehouse.store import Store as Warehouse
from warehouse.store import Unavailable


async def first_events(events: AsyncIterator[str], number: int) -> list[str]:
    found = []
    async for event in events:
        if event.startswith("event:"):
            found.append(event.split("\n")[0].removeprefix("event: "))
        if len(found) == number:
            break
    return found


def told(answers: list[str | Exception], seen: str, number: int) -> list[str]:
    """The first events of a stream whose questions are answered one after the other."""
    waiting = iter(answers)

    def newest() -> str:
        answer = next(waiting, answers[-1])
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def run() -> list[str]:
        async with asyncio.timeout(20):
            return await first_events(stream(newest, seen, asyncio.Event()), number)

    return asyncio.run(run())


def test_what_came_between_the_page_and_the_stream_is_told_at_once() -> None:
    assert told(["2-x"], "1-x", 1) == ["changed"]


def test_a_warehouse_that_is_away_is_told_once_and_its_return_too() -> None:
    away = Unavailable("away")
    assert told(["1-x", away, away, "1-x"], "1-x", 2) == ["lost", "changed"]


def test_the_stream_ends_when_the_server_does() -> None:
    async def run() -> list[str]:
        closing = asyncio.Event()
        closing.set()
        return [event async for event in stream(lambda: "1", "", closing)]

    assert asyncio.run(run()) == ["retry: 2000\n\n"]


@pytest.fixture
def running(
    postgres: str, store: Warehouse, clickhouse_database: str, keys: Keys, front_end: None
) -> Iterator[tuple[Parts, str]]:
    example_month.fill_partnerships(postgres, keys.network)
    with parts_on(postgres, clickhouse_database, keys) as parts, served(parts) as url:
        yield parts, url


def test_an_arrival_is_told_to_both_its_sides_and_to_nobody_else(
    running: tuple[Parts, str],
) -> None:
    parts, url = running
    sides = [
        (signed_in(url, "ada@harbourbikes.example"), "paying"),
        (signed_in(url, "slow-miles@example.com"), "earning"),
        (signed_in(url, "gravel-letters@example.com"), "earning"),
    ]
    seen = [client.get(f"/api/v1/overview?side={side}").json()["newest"] for client, side in sides]
    arrive(parts.warehouse, SLOW, number=1)
    heard = [
        _hear(client, f"/live/{side}?seen={before}", seconds=5)
        for (client, side), before in zip(sides, seen, strict=True)
    ]
    assert heard == ["changed", "changed", ""]
    arrive(parts.warehouse, GRAVEL, number=2)
    assert _hear(sides[2][0], f"/live/earning?seen={seen[2]}", seconds=5) == "changed"


def _hear(client: httpx.Client, path: str, seconds: float) -> str:
    """The first event of a stream, "" when none comes in time."""
    try:
        with client.stream("GET", path, timeout=seconds) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    return line.removeprefix("event: ")
    except httpx.ReadTimeout:
        return ""
    return ""
